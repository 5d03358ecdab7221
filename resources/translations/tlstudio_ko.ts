<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko">
<context>
    <name>Browser</name>
    <message>
        <source>Reload</source>
        <translation>다시 읽기</translation>
    </message>
    <message>
        <source>Read the folder again</source>
        <translation>폴더를 다시 읽습니다</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Back to the start page</source>
        <translation>시작 화면으로 돌아갑니다</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>폴더 열기…</translation>
    </message>
    <message>
        <source>Reading the images…</source>
        <translation>이미지를 읽는 중…</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>보기 방식</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>이미지</translation>
    </message>
    <message>
        <source>As the network sees them</source>
        <translation>네트워크가 보는 이미지</translation>
    </message>
    <message>
        <source>sample dataset</source>
        <translation>예제 데이터셋</translation>
    </message>
    <message>
        <source>Left out ({count})</source>
        <translation>제외됨({count})</translation>
    </message>
    <message>
        <source>{split} {count}</source>
        <translation>{split} {count}장</translation>
    </message>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>클래스 %n개</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ClassAccuracyList</name>
    <message>
        <source>Accuracy of each class</source>
        <translation>클래스별 정확도</translation>
    </message>
    <message>
        <source>{name}: {right} of {total}</source>
        <translation>{name}: {total}장 중 {right}장 맞음</translation>
    </message>
</context>
<context>
    <name>ClassChart</name>
    <message>
        <source>Classes</source>
        <translation>클래스</translation>
    </message>
</context>
<context>
    <name>ClassModel</name>
    <message>
        <source>All classes</source>
        <translation>모든 클래스</translation>
    </message>
</context>
<context>
    <name>ClassesSide</name>
    <message>
        <source>Split</source>
        <translation>분할</translation>
    </message>
    <message>
        <source>The split is that of the folders.</source>
        <translation>폴더에 나뉜 대로 분할합니다.</translation>
    </message>
    <message>
        <source>Split by the studio, class by class, and remembered for this folder.</source>
        <translation>TLStudio가 클래스마다 나누었고, 이 폴더의 분할로 기억합니다.</translation>
    </message>
</context>
<context>
    <name>ClassifierState</name>
    <message>
        <source>There is no trained classifier yet.</source>
        <translation>아직 학습한 분류기가 없습니다.</translation>
    </message>
    <message>
        <source>Train one, or load weights from the File menu.</source>
        <translation>먼저 학습하거나, 파일 메뉴에서 가중치를 불러오세요.</translation>
    </message>
    <message>
        <source>Saved {name}.</source>
        <translation>{name} 파일을 저장했습니다.</translation>
    </message>
    <message>
        <source>Loaded {name}: {model}, {matched} tensors matched.</source>
        <translation>{name} 파일을 불러왔습니다. {model}, 텐서 {matched}개가 일치합니다.</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>Open a folder of images</source>
        <translation>이미지 폴더 열기</translation>
    </message>
    <message>
        <source>Save weights</source>
        <translation>가중치 저장</translation>
    </message>
    <message>
        <source>Save whole model</source>
        <translation>전체 모델 저장</translation>
    </message>
    <message>
        <source>Load weights</source>
        <translation>가중치 불러오기</translation>
    </message>
    <message>
        <source>Load whole model</source>
        <translation>전체 모델 불러오기</translation>
    </message>
    <message>
        <source>Try images</source>
        <translation>이미지 예측해 보기</translation>
    </message>
</context>
<context>
    <name>DataPage</name>
    <message>
        <source>Open a folder of images</source>
        <translation>이미지 폴더 열기</translation>
    </message>
</context>
<context>
    <name>DatasetState</name>
    <message>
        <source>The folder changed; the dataset was read again.</source>
        <translation>폴더 내용이 바뀌어 데이터셋을 다시 읽었습니다.</translation>
    </message>
</context>
<context>
    <name>ExcludedFilesModel</name>
    <message>
        <source>File</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>이유</translation>
    </message>
</context>
<context>
    <name>ForecastTexts</name>
    <message>
        <source>Measuring this machine…</source>
        <translation>이 컴퓨터의 속도를 재는 중…</translation>
    </message>
    <message>
        <source>{time} an epoch</source>
        <translation>에포크당 {time}</translation>
    </message>
    <message>
        <source>{time} in all</source>
        <translation>모두 {time}</translation>
    </message>
    <message>
        <source>about {time} in all</source>
        <translation>모두 약 {time}</translation>
    </message>
    <message>
        <source>The first epoch takes about {first}, the others {later}.</source>
        <translation>첫 에포크는 약 {first}, 나머지는 {later} 걸립니다.</translation>
    </message>
    <message numerus="yes">
        <source>The first %n epoch(s) take about {first} each, the others {later}.</source>
        <translation>
            <numerusform>처음 %n 에포크는 각각 약 {first}, 나머지는 {later} 걸립니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Not here: nothing is frozen before the first trained layer.</source>
        <translation>여기서는 안 됩니다. 학습이 시작되는 레이어 앞에 고정된 것이 없습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n view(s) of each, computed once.</source>
        <translation>
            <numerusform>이미지마다 %n장씩 한 번만 계산합니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Exact: no view comes twice.</source>
        <translation>정확: 같은 변형이 다시 나오지 않습니다.</translation>
    </message>
    <message>
        <source>The plain image every time.</source>
        <translation>매번 원래 이미지를 씁니다.</translation>
    </message>
    <message>
        <source>What frozen layers make of a view never changes: it is computed once and kept, and the epochs take turns with the views of an image. A later run with the same frozen layers finds it again.</source>
        <translation>고정된 레이어의 출력은 변하지 않으므로 한 번만 계산해 보관하고, 에포크마다 보관한 변형을 번갈아 씁니다. 고정된 레이어가 같으면 다음 학습에서도 그대로 다시 씁니다.</translation>
    </message>
    <message>
        <source>Every epoch varies every image anew and runs the whole network, as in a plain training loop. The most variety, and the slowest.</source>
        <translation>보통의 학습 루프처럼 에포크마다 모든 이미지를 새로 변형하고 네트워크 전체를 계산합니다. 가장 다양하고 가장 느립니다.</translation>
    </message>
    <message>
        <source>Images are not varied, so one view of each is enough. The quickest; the network sees less than there could be.</source>
        <translation>이미지를 변형하지 않으므로 이미지마다 한 번만 계산하면 됩니다. 가장 빠르지만 네트워크가 보는 모습이 그만큼 적습니다.</translation>
    </message>
    <message numerus="yes">
        <source>{first} for each of the first %n epoch(s), then {later} an epoch</source>
        <translation>
            <numerusform>처음 %n 에포크는 각각 {first}, 그다음은 에포크당 {later}</numerusform>
        </translation>
    </message>
    <message>
        <source>{first} for the first epoch, then {later} an epoch</source>
        <translation>첫 에포크 {first}, 그다음은 에포크당 {later}</translation>
    </message>
    <message>
        <source>About {time}</source>
        <translation>약 {time}</translation>
    </message>
    <message>
        <source>The whole network runs for {images} images in every epoch</source>
        <translation>에포크마다 이미지 {images}장이 네트워크 전체를 거칩니다</translation>
    </message>
    <message numerus="yes">
        <source>Frozen layers run once for %n view(s) of {images} images</source>
        <translation>
            <numerusform>이미지 {images}장을 %n가지로 변형해 고정된 레이어를 한 번씩만 계산합니다</numerusform>
        </translation>
    </message>
    <message>
        <source>Frozen layers run for {images} new views in every epoch</source>
        <translation>에포크마다 새로 변형한 {images}장으로 고정된 레이어를 계산합니다</translation>
    </message>
    <message>
        <source>Frozen layers run once for {images} images</source>
        <translation>이미지 {images}장으로 고정된 레이어를 한 번만 계산합니다</translation>
    </message>
</context>
<context>
    <name>GalleryFilter</name>
    <message>
        <source>Show</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>True class</source>
        <translation>실제 클래스</translation>
    </message>
    <message>
        <source>Predicted class</source>
        <translation>예측한 클래스</translation>
    </message>
    <message>
        <source>Size of the images</source>
        <translation>이미지 크기</translation>
    </message>
    <message>
        <source>All true classes</source>
        <translation>모든 실제 클래스</translation>
    </message>
    <message>
        <source>All predictions</source>
        <translation>모든 예측</translation>
    </message>
    <message>
        <source>True: {name}</source>
        <translation>실제: {name}</translation>
    </message>
    <message>
        <source>Predicted: {name}</source>
        <translation>예측: {name}</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>Train</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>{name} · {count} images</source>
        <translation>{name} · 이미지 {count}장</translation>
    </message>
    <message>
        <source>Loading PyTorch…</source>
        <translation>PyTorch 불러오는 중…</translation>
    </message>
    <message>
        <source>The model&apos;s weights are to be downloaded first</source>
        <translation>먼저 모델 가중치를 다운로드해야 합니다</translation>
    </message>
</context>
<context>
    <name>HistoryCharts</name>
    <message>
        <source>train</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>검증</translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>정확도</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>손실</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>best {accuracy}</source>
        <translation>최고 {accuracy}</translation>
    </message>
    <message>
        <source>Charts of loss, accuracy and learning rate; no epoch has ended yet</source>
        <translation>손실, 정확도, 학습률 그래프. 아직 끝난 에포크가 없습니다.</translation>
    </message>
    <message>
        <source>Charts of loss, accuracy and learning rate: epoch {n}, validation accuracy {accuracy}, best at epoch {best}</source>
        <translation>손실, 정확도, 학습률 그래프. 에포크 {n}, 검증 정확도 {accuracy}, 최고는 에포크 {best}</translation>
    </message>
</context>
<context>
    <name>HistoryModel</name>
    <message>
        <source>Epoch</source>
        <translation>에포크</translation>
    </message>
    <message>
        <source>Train loss</source>
        <translation>학습 손실</translation>
    </message>
    <message>
        <source>Val loss</source>
        <translation>검증 손실</translation>
    </message>
    <message>
        <source>Train accuracy</source>
        <translation>학습 정확도</translation>
    </message>
    <message>
        <source>Val accuracy</source>
        <translation>검증 정확도</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>시간</translation>
    </message>
    <message>
        <source>Images/s</source>
        <translation>이미지/초</translation>
    </message>
</context>
<context>
    <name>HistoryPlot</name>
    <message>
        <source>epoch {n}</source>
        <translation>에포크 {n}</translation>
    </message>
</context>
<context>
    <name>HistoryView</name>
    <message>
        <source>Epochs</source>
        <translation>에포크</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>그래프</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>표</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>내보내기</translation>
    </message>
    <message>
        <source>Charts as a picture (PNG)…</source>
        <translation>그래프를 그림으로(PNG)…</translation>
    </message>
    <message>
        <source>Numbers as a table (CSV)…</source>
        <translation>수치를 표로(CSV)…</translation>
    </message>
</context>
<context>
    <name>HoverBox</name>
    <message>
        <source>loss</source>
        <translation>손실</translation>
    </message>
    <message>
        <source>accuracy</source>
        <translation>정확도</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>Epoch {n}, the best</source>
        <translation>에포크 {n}(최고)</translation>
    </message>
    <message>
        <source>Epoch {n}</source>
        <translation>에포크 {n}</translation>
    </message>
</context>
<context>
    <name>ImageSide</name>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Enlarge</source>
        <translation>크게 보기</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>클래스</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>분할</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>문제</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>크기</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>형식</translation>
    </message>
    <message>
        <source>File</source>
        <translation>파일 크기</translation>
    </message>
</context>
<context>
    <name>ImageViewer</name>
    <message>
        <source>Picture</source>
        <translation>그림</translation>
    </message>
    <message>
        <source>This picture cannot be read.</source>
        <translation>이 그림을 읽을 수 없습니다.</translation>
    </message>
</context>
<context>
    <name>ImagesView</name>
    <message>
        <source>Split</source>
        <translation>분할</translation>
    </message>
    <message>
        <source>Find by file name</source>
        <translation>파일 이름으로 찾기</translation>
    </message>
    <message>
        <source>Size of the images</source>
        <translation>이미지 크기</translation>
    </message>
    <message>
        <source>No image matches these filters.</source>
        <translation>이 조건에 맞는 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>Back to all images</source>
        <translation>모든 이미지로 돌아가기</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>이미지 %n장</numerusform>
        </translation>
    </message>
    <message>
        <source>All</source>
        <translation>전체</translation>
    </message>
</context>
<context>
    <name>LayerTreeModel</name>
    <message>
        <source>Layer</source>
        <translation>레이어</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>유형</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>출력</translation>
    </message>
    <message>
        <source>Params</source>
        <translation>파라미터</translation>
    </message>
    <message>
        <source>State</source>
        <translation>상태</translation>
    </message>
    <message>
        <source>Ticked layers train. A box of a container sets all below it.</source>
        <translation>선택한 레이어를 학습합니다. 상위 항목을 선택하면 그 아래 레이어에 모두 적용됩니다.</translation>
    </message>
    <message>
        <source>Class of the module</source>
        <translation>모듈의 클래스</translation>
    </message>
    <message>
        <source>Shape of the output for one image: channels×height×width</source>
        <translation>이미지 한 장에 대한 출력의 형태: 채널×높이×너비</translation>
    </message>
    <message>
        <source>Number of parameters, with all below</source>
        <translation>하위 레이어를 포함한 파라미터 수</translation>
    </message>
    <message>
        <source>(own)</source>
        <translation>(자체)</translation>
    </message>
    <message>
        <source>the network</source>
        <translation>네트워크</translation>
    </message>
    <message>
        <source>Parameters that {name} holds itself</source>
        <translation>{name} 자체의 파라미터</translation>
    </message>
    <message>
        <source>Trains</source>
        <translation>학습함</translation>
    </message>
    <message>
        <source>Frozen</source>
        <translation>고정됨</translation>
    </message>
    <message>
        <source>Partly</source>
        <translation>일부</translation>
    </message>
    <message>
        <source>{trains} of {layers} layers train.</source>
        <translation>레이어 {layers}개 중 {trains}개를 학습합니다.</translation>
    </message>
    <message>
        <source>Frozen layers keep their parameters and their normalisation statistics exactly.</source>
        <translation>고정된 레이어는 파라미터와 정규화 통계가 전혀 바뀌지 않습니다.</translation>
    </message>
</context>
<context>
    <name>LayerTreePanel</name>
    <message>
        <source>Nothing is ticked, so nothing would train.</source>
        <translation>선택한 레이어가 없어 아무것도 학습하지 않습니다.</translation>
    </message>
    <message>
        <source>Layers can&apos;t be changed while training.</source>
        <translation>학습하는 동안에는 레이어를 바꿀 수 없습니다.</translation>
    </message>
    <message>
        <source>Search layers and types</source>
        <translation>레이어와 유형 검색</translation>
    </message>
    <message>
        <source>Search layers</source>
        <translation>레이어 검색</translation>
    </message>
    <message>
        <source>What the tree shows</source>
        <translation>트리 표시 설정</translation>
    </message>
    <message>
        <source>Train from here on</source>
        <translation>여기부터 학습</translation>
    </message>
    <message>
        <source>This layer and all that run after it train; all before it is frozen.</source>
        <translation>이 레이어와 그 뒤의 레이어를 모두 학습하고, 앞의 레이어는 모두 고정합니다.</translation>
    </message>
    <message>
        <source>Only layers with parameters</source>
        <translation>파라미터가 있는 레이어만</translation>
    </message>
    <message>
        <source>Expand all</source>
        <translation>모두 펼치기</translation>
    </message>
    <message>
        <source>Collapse all</source>
        <translation>모두 접기</translation>
    </message>
    <message>
        <source>Train only this</source>
        <translation>이 레이어만 학습</translation>
    </message>
    <message>
        <source>Copy module path</source>
        <translation>모듈 경로 복사</translation>
    </message>
    <message>
        <source>No layer matches the search.</source>
        <translation>검색 결과에 맞는 레이어가 없습니다.</translation>
    </message>
    <message>
        <source>Building the layer tree…</source>
        <translation>레이어 트리를 만드는 중…</translation>
    </message>
    <message>
        <source>Loading the model library…</source>
        <translation>모델 라이브러리를 불러오는 중…</translation>
    </message>
</context>
<context>
    <name>LayerView</name>
    <message>
        <source>Layers of the network</source>
        <translation>네트워크의 레이어</translation>
    </message>
</context>
<context>
    <name>LeftOutView</name>
    <message>
        <source>Files that were left out</source>
        <translation>제외된 파일</translation>
    </message>
    <message>
        <source>They stay where they are. Mend or remove them, and the dataset is read again.</source>
        <translation>파일은 원래 자리에 그대로 있습니다. 고치거나 삭제하면 데이터셋을 다시 읽습니다.</translation>
    </message>
    <message>
        <source>Every file could be read</source>
        <translation>모든 파일을 읽었습니다</translation>
    </message>
    <message>
        <source>Files that cannot be read are listed here with the reason.</source>
        <translation>읽을 수 없는 파일과 그 이유가 여기에 나타납니다.</translation>
    </message>
</context>
<context>
    <name>LoadingView</name>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Strategy</source>
        <translation>전략</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>레이어</translation>
    </message>
    <message>
        <source>{panel} panel</source>
        <translation>{panel} 패널</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>“From scratch” needs no weights.</source>
        <translation>“처음부터 학습”에는 가중치가 필요 없습니다.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Download weights ({size})</source>
        <translation>가중치 다운로드({size})</translation>
    </message>
    <message>
        <source>Weights {place}</source>
        <translation>가중치: {place}</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source>Resize {resize} px, crop {crop} px, {interpolation}; mean {mean}; std {std}</source>
        <translation>크기 조정 {resize}px, 자르기 {crop}px, {interpolation}; 평균 {mean}; 표준편차 {std}</translation>
    </message>
</context>
<context>
    <name>ModelLine</name>
    <message>
        <source>Model: {title}</source>
        <translation>모델: {title}</translation>
    </message>
    <message>
        <source>Choose another model</source>
        <translation>다른 모델 선택</translation>
    </message>
</context>
<context>
    <name>ModelPage</name>
    <message>
        <source>Search models</source>
        <translation>모델 검색</translation>
    </message>
    <message>
        <source>The model can&apos;t be changed while training.</source>
        <translation>학습하는 동안에는 모델을 바꿀 수 없습니다.</translation>
    </message>
    <message>
        <source>Loading the model library…</source>
        <translation>모델 라이브러리를 불러오는 중…</translation>
    </message>
    <message>
        <source>This takes a few seconds after a start. Everything else works already.</source>
        <translation>시작한 뒤 몇 초쯤 걸립니다. 다른 기능은 이미 사용할 수 있습니다.</translation>
    </message>
    <message>
        <source>The model library could not be loaded</source>
        <translation>모델 라이브러리를 불러오지 못했습니다</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
    <message>
        <source>Clear search</source>
        <translation>검색어 지우기</translation>
    </message>
    <message>
        <source>No model matches</source>
        <translation>맞는 모델 없음</translation>
    </message>
    <message>
        <source>Search by name, family or library, for example “ResNet” or “timm”.</source>
        <translation>이름, 계열, 라이브러리로 검색하세요. 예: “ResNet”, “timm”</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Another download is going on.</source>
        <translation>다른 다운로드가 진행 중입니다.</translation>
    </message>
</context>
<context>
    <name>ModelTable</name>
    <message>
        <source>Models to choose from</source>
        <translation>선택할 수 있는 모델</translation>
    </message>
</context>
<context>
    <name>ModelTableModel</name>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>파라미터</translation>
    </message>
    <message>
        <source>GFLOPs</source>
        <translation>GFLOPs</translation>
    </message>
    <message>
        <source>Input px</source>
        <translation>입력(px)</translation>
    </message>
    <message>
        <source>ImageNet top-1</source>
        <translation>ImageNet top-1</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>가중치</translation>
    </message>
    <message>
        <source>The network and its family</source>
        <translation>네트워크와 그 계열</translation>
    </message>
    <message>
        <source>Values that can be learned: size in memory and on disk</source>
        <translation>학습할 수 있는 값의 수. 메모리와 디스크에서 차지하는 크기를 정합니다.</translation>
    </message>
    <message>
        <source>Billions of multiply-adds for one image: how slow it is</source>
        <translation>이미지 한 장에 드는 곱셈-덧셈 횟수(10억 단위). 클수록 느립니다.</translation>
    </message>
    <message>
        <source>Side of the square image that it sees</source>
        <translation>네트워크에 들어가는 정사각형 이미지의 한 변 길이</translation>
    </message>
    <message>
        <source>Accuracy on ImageNet-1k, as its library states it</source>
        <translation>라이브러리가 밝힌 ImageNet-1k 정확도</translation>
    </message>
    <message>
        <source>Where the pretrained weights are</source>
        <translation>사전 학습 가중치가 있는 곳</translation>
    </message>
    <message>
        <source>chosen</source>
        <translation>선택됨</translation>
    </message>
</context>
<context>
    <name>NetworkEyeView</name>
    <message>
        <source>Shuffle</source>
        <translation>섞기</translation>
    </message>
    <message>
        <source>Other images and other variations</source>
        <translation>다른 이미지와 다른 변형을 봅니다</translation>
    </message>
    <message>
        <source>Images as the network sees them</source>
        <translation>네트워크가 보는 이미지</translation>
    </message>
    <message>
        <source>PyTorch is still loading; the images come in a moment.</source>
        <translation>PyTorch를 불러오는 중입니다. 이미지가 곧 나타납니다.</translation>
    </message>
    <message>
        <source>Making the images…</source>
        <translation>이미지를 만드는 중…</translation>
    </message>
    <message>
        <source>Training images · {variation}</source>
        <translation>학습 이미지 · {variation}</translation>
    </message>
    <message>
        <source>Training images · {variation} · {size} px for {model}</source>
        <translation>학습 이미지 · {variation} · {model}용 {size}px</translation>
    </message>
</context>
<context>
    <name>NetworkState</name>
    <message>
        <source>The weights of {name} are here.</source>
        <translation>{name} 가중치가 준비되었습니다.</translation>
    </message>
</context>
<context>
    <name>PictureGrid</name>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>사진 %n장</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PredictionGallery</name>
    <message>
        <source>Predictions</source>
        <translation>예측</translation>
    </message>
</context>
<context>
    <name>PredictionStrip</name>
    <message>
        <source>Latest predictions</source>
        <translation>최근 예측</translation>
    </message>
</context>
<context>
    <name>PredictionViewer</name>
    <message>
        <source>Previous image (Left)</source>
        <translation>이전 이미지(왼쪽 화살표)</translation>
    </message>
    <message>
        <source>Next image (Right)</source>
        <translation>다음 이미지(오른쪽 화살표)</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>닫기(Esc)</translation>
    </message>
    <message>
        <source>What the network sees</source>
        <translation>네트워크가 보는 이미지</translation>
    </message>
    <message>
        <source>The network&apos;s view</source>
        <translation>네트워크가 보는 이미지</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>예측</translation>
    </message>
    <message>
        <source>{index} of {count}</source>
        <translation>{index} / {count}</translation>
    </message>
    <message>
        <source>right</source>
        <translation>맞음</translation>
    </message>
    <message>
        <source>wrong: it is {name}</source>
        <translation>틀림, 실제: {name}</translation>
    </message>
</context>
<context>
    <name>ProbabilityBars</name>
    <message>
        <source>Probabilities</source>
        <translation>확률</translation>
    </message>
</context>
<context>
    <name>QuietWarnings</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>외 %n개</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Rail</name>
    <message>
        <source>Data</source>
        <translation>데이터</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>결과</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>활용</translation>
    </message>
</context>
<context>
    <name>RecentList</name>
    <message>
        <source>Clear</source>
        <translation>지우기</translation>
    </message>
    <message>
        <source>Forget the recent datasets</source>
        <translation>최근 데이터셋 목록 지우기</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>최근 항목</translation>
    </message>
</context>
<context>
    <name>ResultsPage</name>
    <message>
        <source>Go to Train</source>
        <translation>학습 단계로 이동</translation>
    </message>
    <message>
        <source>Try your own images</source>
        <translation>내 이미지로 예측해 보기</translation>
    </message>
    <message>
        <source>Right, by class</source>
        <translation>클래스별 정답</translation>
    </message>
    <message>
        <source>{right} of {total} right</source>
        <translation>{total}장 중 {right}장 맞음</translation>
    </message>
    <message>
        <source>epoch {n}</source>
        <translation>에포크 {n}</translation>
    </message>
    <message>
        <source>epoch {n}, the best</source>
        <translation>에포크 {n}(최고)</translation>
    </message>
    <message>
        <source>training goes on</source>
        <translation>학습 진행 중</translation>
    </message>
    <message>
        <source>The first epoch is not over yet</source>
        <translation>첫 에포크가 아직 끝나지 않았습니다</translation>
    </message>
    <message>
        <source>Predictions for the validation images come after every epoch.</source>
        <translation>에포크가 끝날 때마다 검증 이미지의 예측이 나옵니다.</translation>
    </message>
    <message>
        <source>No validation images</source>
        <translation>검증 이미지 없음</translation>
    </message>
    <message>
        <source>This dataset has no validation split, so there is nothing to show.</source>
        <translation>이 데이터셋에는 검증 분할이 없어 보여 줄 것이 없습니다.</translation>
    </message>
    <message>
        <source>Train first</source>
        <translation>먼저 학습하세요</translation>
    </message>
    <message>
        <source>Here you will see every validation image with what the network says of it, right and wrong, sure and unsure.</source>
        <translation>여기에서 모든 검증 이미지와 네트워크의 예측을 봅니다. 맞은 것과 틀린 것, 확신한 것과 그렇지 않은 것을 살펴볼 수 있습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>이미지 %n장</numerusform>
        </translation>
    </message>
    <message>
        <source>Not one is wrong.</source>
        <translation>틀린 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>No image fits these filters.</source>
        <translation>이 조건에 맞는 이미지가 없습니다.</translation>
    </message>
</context>
<context>
    <name>RunPlan</name>
    <message>
        <source>Train</source>
        <translation>학습</translation>
    </message>
</context>
<context>
    <name>RunTexts</name>
    <message>
        <source>Dataset</source>
        <translation>데이터셋</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Strategy</source>
        <translation>전략</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>The dataset is being read.</source>
        <translation>데이터셋을 읽고 있습니다.</translation>
    </message>
    <message>
        <source>There is no dataset yet.</source>
        <translation>아직 데이터셋이 없습니다.</translation>
    </message>
    <message>
        <source>Open a folder of images, or the sample dataset.</source>
        <translation>이미지 폴더나 예제 데이터셋을 여세요.</translation>
    </message>
    <message>
        <source>PyTorch is loading.</source>
        <translation>PyTorch를 불러오고 있습니다.</translation>
    </message>
    <message>
        <source>This takes some seconds after the start; you can go on meanwhile.</source>
        <translation>시작한 뒤 몇 초쯤 걸립니다. 그동안 다른 작업을 계속할 수 있습니다.</translation>
    </message>
    <message>
        <source>The pretrained weights are not on this machine yet.</source>
        <translation>사전 학습 가중치가 아직 이 컴퓨터에 없습니다.</translation>
    </message>
    <message>
        <source>Download them in the Model step, choose a model that has them, or train from scratch.</source>
        <translation>모델 단계에서 다운로드하거나, 가중치가 있는 모델을 고르거나, 처음부터 학습하세요.</translation>
    </message>
    <message>
        <source>Stopped before the first epoch ended.</source>
        <translation>첫 에포크가 끝나기 전에 중지했습니다.</translation>
    </message>
    <message>
        <source>Ready to train</source>
        <translation>학습 준비 완료</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>Preparing…</source>
        <translation>준비 중…</translation>
    </message>
    <message>
        <source>Epoch {epoch} of {epochs}</source>
        <translation>에포크 {epoch} / {epochs}</translation>
    </message>
    <message>
        <source>Paused in epoch {epoch} of {epochs}</source>
        <translation>에포크 {epoch} / {epochs}에서 일시 정지</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>중지하는 중…</translation>
    </message>
    <message>
        <source>The network is being built.</source>
        <translation>네트워크를 만들고 있습니다.</translation>
    </message>
    <message>
        <source>training, batch {n} of {count}</source>
        <translation>학습 중, 배치 {n} / {count}</translation>
    </message>
    <message>
        <source>validating, batch {n} of {count}</source>
        <translation>검증 중, 배치 {n} / {count}</translation>
    </message>
    <message>
        <source>Expected</source>
        <translation>예상</translation>
    </message>
    <message>
        <source>{n} images/s</source>
        <translation>초당 {n}장</translation>
    </message>
    <message>
        <source>{time} so far</source>
        <translation>{time} 경과</translation>
    </message>
    <message>
        <source>features from an earlier run</source>
        <translation>지난 학습의 특징을 다시 씀</translation>
    </message>
    <message>
        <source>features {percent}</source>
        <translation>특징 {percent}</translation>
    </message>
    <message>
        <source>the whole network runs for every image</source>
        <translation>이미지마다 네트워크 전체를 계산</translation>
    </message>
    <message>
        <source>new views in every epoch</source>
        <translation>에포크마다 새로 변형</translation>
    </message>
    <message numerus="yes">
        <source>%n view(s) of each image kept</source>
        <translation>
            <numerusform>이미지마다 변형 %n장 보관</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n view(s) of each image kept on disk</source>
        <translation>
            <numerusform>이미지마다 변형 %n장 디스크에 보관</numerusform>
        </translation>
    </message>
    <message>
        <source>found from an earlier run</source>
        <translation>지난 학습의 것을 다시 씀</translation>
    </message>
    <message>
        <source>frozen up to {layers}</source>
        <translation>{layers}까지 고정</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>약 {time} 남음</translation>
    </message>
    <message>
        <source>It took {time}.</source>
        <translation>{time} 걸렸습니다.</translation>
    </message>
    <message>
        <source>What was learned before is kept.</source>
        <translation>그 전까지 학습한 내용은 유지됩니다.</translation>
    </message>
    <message>
        <source>Without validation images there is no validation accuracy.</source>
        <translation>검증 이미지가 없어 검증 정확도를 알 수 없습니다.</translation>
    </message>
    <message numerus="yes">
        <source>{accuracy} of %n validation image(s) right, best at epoch {epoch}.</source>
        <translation>
            <numerusform>검증 이미지 %n장에서 정확도 {accuracy}, 에포크 {epoch}에서 가장 좋았습니다.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Stopped after %n epoch(s); the best weights so far are kept.</source>
        <translation>
            <numerusform>%n 에포크 만에 중지했습니다. 지금까지 가장 좋은 가중치를 보관합니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>The weights of that epoch are in hand.</source>
        <translation>그 에포크의 가중치를 보관하고 있습니다.</translation>
    </message>
    <message>
        <source>{s} s</source>
        <translation>{s}초</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>완료</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>중지됨</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>실패</translation>
    </message>
    <message>
        <source>The run failed.</source>
        <translation>학습에 실패했습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n training image(s)</source>
        <translation>
            <numerusform>학습 이미지 %n장</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n for validation</source>
        <translation>
            <numerusform>검증 이미지 %n장</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>클래스 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>{trainable} of {total} parameters train</source>
        <translation>파라미터 {total} 중 {trainable} 학습</translation>
    </message>
    <message numerus="yes">
        <source>%n epoch(s)</source>
        <translation>
            <numerusform>%n 에포크</numerusform>
        </translation>
    </message>
    <message>
        <source>batches of {n}</source>
        <translation>배치 크기 {n}</translation>
    </message>
    <message>
        <source>{optimizer} at {rate}</source>
        <translation>{optimizer}, 학습률 {rate}</translation>
    </message>
</context>
<context>
    <name>SampleCards</name>
    <message>
        <source>Or try a sample dataset</source>
        <translation>예제 데이터셋으로 시작하기</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>{path} was left out.</source>
        <translation>{path} 파일을 제외했습니다.</translation>
    </message>
</context>
<context>
    <name>SplitEditor</name>
    <message>
        <source>Share of each class that validates</source>
        <translation>각 클래스에서 검증에 쓸 비율</translation>
    </message>
    <message>
        <source>Share of each class that is kept aside for a last test</source>
        <translation>각 클래스에서 마지막 테스트용으로 떼어 둘 비율</translation>
    </message>
    <message>
        <source>The same seed gives the same split again</source>
        <translation>시드가 같으면 똑같이 분할됩니다</translation>
    </message>
    <message>
        <source>Split again</source>
        <translation>다시 분할</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>검증</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>테스트</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>시드</translation>
    </message>
</context>
<context>
    <name>StartView</name>
    <message>
        <source>Open folder…</source>
        <translation>폴더 열기…</translation>
    </message>
    <message>
        <source>Reading the images…</source>
        <translation>이미지를 읽는 중…</translation>
    </message>
    <message>
        <source>Teach a network to tell your images apart. Everything stays on this machine.</source>
        <translation>내 이미지를 구분하도록 네트워크를 학습해 보세요. 모든 것은 이 컴퓨터에만 남습니다.</translation>
    </message>
    <message>
        <source>Drop a folder of images here</source>
        <translation>이미지 폴더를 여기에 놓으세요</translation>
    </message>
    <message>
        <source>One folder per class, or train and val folders with those inside:</source>
        <translation>클래스별 폴더, 또는 클래스별 폴더가 든 train 폴더와 val 폴더:</translation>
    </message>
</context>
<context>
    <name>Status</name>
    <message>
        <source>Progress</source>
        <translation>진행률</translation>
    </message>
    <message>
        <source>Preparing the network…</source>
        <translation>네트워크 준비 중…</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>일시 정지됨</translation>
    </message>
    <message>
        <source>Stopping after this batch…</source>
        <translation>이 배치를 마치고 중지합니다…</translation>
    </message>
    <message>
        <source>Reading the folder…</source>
        <translation>폴더를 읽는 중…</translation>
    </message>
    <message>
        <source>Looking at images…</source>
        <translation>이미지를 예측하는 중…</translation>
    </message>
    <message>
        <source>Loading PyTorch… you can look around meanwhile</source>
        <translation>PyTorch 불러오는 중… 그동안 둘러볼 수 있습니다</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>준비됨</translation>
    </message>
    <message>
        <source>Reading the folder… {done} of {total} files</source>
        <translation>폴더를 읽는 중… 파일 {done} / {total}</translation>
    </message>
    <message>
        <source>Epoch {epoch} of {epochs}</source>
        <translation>에포크 {epoch} / {epochs}</translation>
    </message>
    <message>
        <source>{n} images/s</source>
        <translation>초당 {n}장</translation>
    </message>
    <message>
        <source>{left} left</source>
        <translation>{left} 남음</translation>
    </message>
</context>
<context>
    <name>StepButton</name>
    <message>
        <source>ready</source>
        <translation>준비됨</translation>
    </message>
    <message>
        <source>not ready yet</source>
        <translation>아직 준비되지 않음</translation>
    </message>
</context>
<context>
    <name>StrategyPanel</name>
    <message>
        <source>More settings</source>
        <translation>추가 설정</translation>
    </message>
    <message>
        <source>Reset to the tutorial&apos;s defaults</source>
        <translation>튜토리얼 기본값으로 되돌리기</translation>
    </message>
    <message>
        <source>Settings as in the PyTorch transfer-learning tutorial; model and strategy stay.</source>
        <translation>PyTorch 전이 학습 튜토리얼과 같은 설정으로 되돌립니다. 모델과 전략은 그대로 둡니다.</translation>
    </message>
    <message>
        <source>Settings can&apos;t be changed while training.</source>
        <translation>학습하는 동안에는 설정을 바꿀 수 없습니다.</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>자동</translation>
    </message>
    <message>
        <source>{parameters} parameters</source>
        <translation>파라미터 {parameters}</translation>
    </message>
    <message>
        <source>ImageNet {top1}</source>
        <translation>ImageNet {top1}</translation>
    </message>
    <message>
        <source>Download ({size})</source>
        <translation>다운로드({size})</translation>
    </message>
    <message>
        <source>Downloading its weights: {done} of {total}</source>
        <translation>가중치 다운로드 중: {done} / {total}</translation>
    </message>
    <message>
        <source>Its pretrained weights are not on this machine yet.</source>
        <translation>이 모델의 사전 학습 가중치가 아직 이 컴퓨터에 없습니다.</translation>
    </message>
</context>
<context>
    <name>ThumbnailGrid</name>
    <message>
        <source>Images</source>
        <translation>이미지</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>이미지 %n장</numerusform>
        </translation>
    </message>
    <message>
        <source>{index} of {count}</source>
        <translation>{index} / {count}</translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Dismiss</source>
        <translation>닫기</translation>
    </message>
</context>
<context>
    <name>TrainFromField</name>
    <message>
        <source>Train from</source>
        <translation>학습 시작 위치</translation>
    </message>
    <message>
        <source>The first layer that trains: a stage, or any module path</source>
        <translation>학습을 시작할 첫 레이어. 스테이지나 모듈 경로를 지정합니다.</translation>
    </message>
    <message>
        <source>{kind}, {parameters} parameters</source>
        <translation>{kind}, 파라미터 {parameters}</translation>
    </message>
    <message>
        <source>There is no layer called “{path}”.</source>
        <translation>이름이 “{path}”인 레이어가 없습니다.</translation>
    </message>
</context>
<context>
    <name>TrainPage</name>
    <message>
        <source>Pause</source>
        <translation>일시 정지</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>계속</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>End after this batch; what was learned is kept</source>
        <translation>이 배치를 마치고 끝냅니다. 학습한 내용은 유지됩니다</translation>
    </message>
    <message>
        <source>Train again</source>
        <translation>다시 학습</translation>
    </message>
    <message>
        <source>Save weights…</source>
        <translation>가중치 저장…</translation>
    </message>
    <message>
        <source>See the predictions</source>
        <translation>예측 보기</translation>
    </message>
    <message>
        <source>Progress of the run</source>
        <translation>학습 진행률</translation>
    </message>
    <message>
        <source>Validation accuracy</source>
        <translation>검증 정확도</translation>
    </message>
    <message>
        <source>Training accuracy</source>
        <translation>학습 정확도</translation>
    </message>
    <message>
        <source>Validation loss</source>
        <translation>검증 손실</translation>
    </message>
    <message>
        <source>Training loss</source>
        <translation>학습 손실</translation>
    </message>
    <message>
        <source>Best epoch</source>
        <translation>최고 에포크</translation>
    </message>
    <message>
        <source>Go to Data</source>
        <translation>데이터 단계로 이동</translation>
    </message>
    <message>
        <source>Go to Model</source>
        <translation>모델 단계로 이동</translation>
    </message>
    <message>
        <source>Predictions after epoch {n}</source>
        <translation>에포크 {n} 이후의 예측</translation>
    </message>
    <message>
        <source>Predictions</source>
        <translation>예측</translation>
    </message>
    <message>
        <source>They come with the first epoch.</source>
        <translation>첫 에포크가 끝나면 나타납니다.</translation>
    </message>
    <message>
        <source>Export the charts</source>
        <translation>그래프 내보내기</translation>
    </message>
    <message>
        <source>Export the numbers</source>
        <translation>수치 내보내기</translation>
    </message>
    <message>
        <source>Saved {name}.</source>
        <translation>{name} 파일을 저장했습니다.</translation>
    </message>
</context>
<context>
    <name>TrainableLine</name>
    <message>
        <source>Trainable {trainable} of {total} parameters</source>
        <translation>학습 가능 파라미터 {trainable} / {total}</translation>
    </message>
    <message>
        <source>{trainable} of {total}</source>
        <translation>{trainable} / {total}</translation>
    </message>
    <message>
        <source>Trainable parameters</source>
        <translation>학습 가능한 파라미터</translation>
    </message>
</context>
<context>
    <name>UnreadableList</name>
    <message>
        <source>File</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>이유</translation>
    </message>
    <message>
        <source>Unreadable files</source>
        <translation>읽을 수 없는 파일</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) could not be read</source>
        <translation>
            <numerusform>파일 %n개를 읽을 수 없습니다</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UsePage</name>
    <message>
        <source>Go to Train</source>
        <translation>학습 단계로 이동</translation>
    </message>
    <message>
        <source>Load weights…</source>
        <translation>가중치 불러오기…</translation>
    </message>
    <message>
        <source>Train a model, or load weights</source>
        <translation>모델을 학습하거나 가중치를 불러오세요</translation>
    </message>
    <message>
        <source>Then drop any image or folder of images here to see what the model says of it.</source>
        <translation>그런 다음 이미지나 이미지 폴더를 여기에 놓으면 모델의 예측을 볼 수 있습니다.</translation>
    </message>
    <message>
        <source>Save weights…</source>
        <translation>가중치 저장…</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>폴더 열기…</translation>
    </message>
    <message>
        <source>Open images…</source>
        <translation>이미지 열기…</translation>
    </message>
    <message>
        <source>Drop images here</source>
        <translation>이미지를 여기에 놓으세요</translation>
    </message>
    <message>
        <source>One or many, or a whole folder. Nothing leaves this machine.</source>
        <translation>한 장, 여러 장, 폴더 전체 모두 됩니다. 이미지는 이 컴퓨터 밖으로 나가지 않습니다.</translation>
    </message>
    <message>
        <source>Drop more images here</source>
        <translation>이미지를 더 놓으세요</translation>
    </message>
    <message>
        <source>Looking at the images</source>
        <translation>이미지 예측 진행률</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>지우기</translation>
    </message>
    <message>
        <source>Export CSV…</source>
        <translation>CSV 내보내기…</translation>
    </message>
    <message>
        <source>Looking at the images…</source>
        <translation>이미지를 예측하는 중…</translation>
    </message>
    <message>
        <source>None of them could be read.</source>
        <translation>읽을 수 있는 이미지가 없습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>이미지 %n장</numerusform>
        </translation>
    </message>
    <message>
        <source>from {name}</source>
        <translation>출처: {name}</translation>
    </message>
    <message>
        <source>trained here</source>
        <translation>여기서 학습함</translation>
    </message>
    <message numerus="yes">
        <source>%n epoch(s)</source>
        <translation>
            <numerusform>%n 에포크</numerusform>
        </translation>
    </message>
    <message>
        <source>{accuracy} on validation images</source>
        <translation>검증 정확도 {accuracy}</translation>
    </message>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>클래스 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>Try images</source>
        <translation>이미지 예측해 보기</translation>
    </message>
    <message>
        <source>Try a folder of images</source>
        <translation>예측해 볼 이미지 폴더 열기</translation>
    </message>
    <message>
        <source>Export the answers</source>
        <translation>예측 결과 내보내기</translation>
    </message>
    <message>
        <source>Saved {name}.</source>
        <translation>{name} 파일을 저장했습니다.</translation>
    </message>
</context>
<context>
    <name>VariationForm</name>
    <message>
        <source>Views of each training image</source>
        <translation>학습 이미지의 변형</translation>
    </message>
    <message>
        <source>A few, kept</source>
        <translation>몇 장만 만들어 보관</translation>
    </message>
    <message>
        <source>New in every epoch</source>
        <translation>에포크마다 새로</translation>
    </message>
    <message>
        <source>Unvaried</source>
        <translation>변형하지 않음</translation>
    </message>
    <message>
        <source>{time} an epoch</source>
        <translation>에포크당 {time}</translation>
    </message>
</context>
<context>
    <name>actions</name>
    <message>
        <source>&amp;File</source>
        <translation>파일(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Train</source>
        <translation>학습(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>보기(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>도움말(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Open dataset folder…</source>
        <translation>데이터셋 폴더 열기(&amp;O)…</translation>
    </message>
    <message>
        <source>Open a folder of images</source>
        <translation>이미지 폴더를 엽니다</translation>
    </message>
    <message>
        <source>&amp;Close dataset</source>
        <translation>데이터셋 닫기(&amp;C)</translation>
    </message>
    <message>
        <source>Back to the start page</source>
        <translation>시작 화면으로 돌아갑니다</translation>
    </message>
    <message>
        <source>&amp;Reload dataset</source>
        <translation>데이터셋 다시 읽기(&amp;R)</translation>
    </message>
    <message>
        <source>Read the folder again</source>
        <translation>폴더를 다시 읽습니다</translation>
    </message>
    <message>
        <source>&amp;Save weights…</source>
        <translation>가중치 저장(&amp;S)…</translation>
    </message>
    <message>
        <source>Save the best weights for PyTorch (.pth) or .safetensors</source>
        <translation>가장 좋은 가중치를 PyTorch(.pth) 또는 .safetensors 파일로 저장합니다</translation>
    </message>
    <message>
        <source>Save weights of the &amp;last epoch…</source>
        <translation>마지막 에포크의 가중치 저장(&amp;L)…</translation>
    </message>
    <message>
        <source>Save the weights as they were when training ended</source>
        <translation>학습이 끝났을 때의 가중치를 저장합니다</translation>
    </message>
    <message>
        <source>Save whole &amp;model…</source>
        <translation>전체 모델 저장(&amp;M)…</translation>
    </message>
    <message>
        <source>Save the network itself, as torch.save(model) does</source>
        <translation>torch.save(model)처럼 네트워크 자체를 저장합니다</translation>
    </message>
    <message>
        <source>Loa&amp;d weights…</source>
        <translation>가중치 불러오기(&amp;D)…</translation>
    </message>
    <message>
        <source>Load a state dict (.pth, .pt, .safetensors)</source>
        <translation>state dict(.pth, .pt, .safetensors)를 불러옵니다</translation>
    </message>
    <message>
        <source>Load &amp;whole model…</source>
        <translation>전체 모델 불러오기(&amp;W)…</translation>
    </message>
    <message>
        <source>Take the weights out of a torch.save(model) file; no code in it is run</source>
        <translation>torch.save(model) 파일에서 가중치만 꺼냅니다. 파일 안의 코드는 실행하지 않습니다</translation>
    </message>
    <message>
        <source>&amp;Try images…</source>
        <translation>이미지 예측해 보기(&amp;T)…</translation>
    </message>
    <message>
        <source>See what the model says of other images</source>
        <translation>다른 이미지를 모델이 어떻게 예측하는지 봅니다</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>종료(&amp;Q)</translation>
    </message>
    <message>
        <source>Start training with the current settings</source>
        <translation>현재 설정으로 학습을 시작합니다</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>일시 정지(&amp;P)</translation>
    </message>
    <message>
        <source>Wait before the next batch</source>
        <translation>다음 배치 전에 잠시 멈춥니다</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>중지(&amp;S)</translation>
    </message>
    <message>
        <source>End after this batch; what was learned is kept</source>
        <translation>이 배치를 마치고 끝냅니다. 학습한 내용은 유지됩니다</translation>
    </message>
    <message>
        <source>&amp;Messages</source>
        <translation>메시지(&amp;M)</translation>
    </message>
    <message>
        <source>Everything the studio has told you</source>
        <translation>지금까지 나온 모든 메시지를 봅니다</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>키보드 단축키(&amp;K)</translation>
    </message>
    <message>
        <source>Open &amp;log folder</source>
        <translation>로그 폴더 열기(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;About TLStudio</source>
        <translation>TLStudio 정보(&amp;A)</translation>
    </message>
</context>
<context>
    <name>core</name>
    <message>
        <source>on board</source>
        <translation>내장</translation>
    </message>
    <message>
        <source>on this machine</source>
        <translation>이 컴퓨터에 있음</translation>
    </message>
    <message>
        <source>to download</source>
        <translation>다운로드 필요</translation>
    </message>
    <message>
        <source>none</source>
        <translation>없음</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>The network, by its name in the catalog.</source>
        <translation>사용할 네트워크(카탈로그의 이름).</translation>
    </message>
    <message>
        <source>Starting values</source>
        <translation>초깃값</translation>
    </message>
    <message>
        <source>Pretrained on ImageNet, or random.</source>
        <translation>ImageNet으로 사전 학습한 값 또는 무작위 값.</translation>
    </message>
    <message>
        <source>Pretrained</source>
        <translation>사전 학습</translation>
    </message>
    <message>
        <source>Random</source>
        <translation>무작위</translation>
    </message>
    <message>
        <source>Strategy</source>
        <translation>전략</translation>
    </message>
    <message>
        <source>Which layers train.</source>
        <translation>어떤 레이어를 학습할지 정합니다.</translation>
    </message>
    <message>
        <source>Train from</source>
        <translation>학습 시작 위치</translation>
    </message>
    <message>
        <source>Module path at which training begins; empty means the last stage.</source>
        <translation>학습을 시작할 모듈 경로. 비워 두면 마지막 스테이지부터 학습합니다.</translation>
    </message>
    <message>
        <source>Ticked layers</source>
        <translation>선택한 레이어</translation>
    </message>
    <message>
        <source>Module paths of the layers that train.</source>
        <translation>학습할 레이어의 모듈 경로.</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>에포크</translation>
    </message>
    <message>
        <source>How often every training image is seen.</source>
        <translation>모든 학습 이미지를 몇 번 반복해서 볼지 정합니다.</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>배치 크기</translation>
    </message>
    <message>
        <source>Images per training step. Larger is smoother and needs more memory.</source>
        <translation>학습 한 단계에 쓰는 이미지 수. 클수록 학습이 매끄럽지만 메모리가 더 필요합니다.</translation>
    </message>
    <message>
        <source>images</source>
        <translation>장</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>Size of each step. Too large and the loss jumps, too small and it creeps.</source>
        <translation>한 단계의 크기. 너무 크면 손실이 튀고, 너무 작으면 더디게 줄어듭니다.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>시드</translation>
    </message>
    <message>
        <source>The same seed and settings repeat the same run on the CPU.</source>
        <translation>시드와 설정이 같으면 CPU에서 똑같은 학습이 재현됩니다.</translation>
    </message>
    <message>
        <source>Optimizer</source>
        <translation>옵티마이저</translation>
    </message>
    <message>
        <source>How gradients become steps.</source>
        <translation>기울기를 학습 단계로 바꾸는 방법.</translation>
    </message>
    <message>
        <source>Momentum</source>
        <translation>모멘텀</translation>
    </message>
    <message>
        <source>How much of the last step is kept in the next one.</source>
        <translation>이전 단계의 움직임을 다음 단계에 얼마나 남길지 정합니다.</translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation>가중치 감쇠</translation>
    </message>
    <message>
        <source>Pulls the weights towards zero against overfitting.</source>
        <translation>과적합을 막기 위해 가중치를 0에 가깝게 당깁니다.</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>스케줄</translation>
    </message>
    <message>
        <source>How the learning rate changes over the epochs.</source>
        <translation>에포크가 지나면서 학습률을 어떻게 바꿀지 정합니다.</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>계단식</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>코사인</translation>
    </message>
    <message>
        <source>Constant</source>
        <translation>일정</translation>
    </message>
    <message>
        <source>Step every</source>
        <translation>감소 간격</translation>
    </message>
    <message>
        <source>After so many epochs the learning rate is multiplied.</source>
        <translation>이만큼의 에포크마다 학습률에 배율을 곱합니다.</translation>
    </message>
    <message>
        <source>epochs</source>
        <translation>에포크</translation>
    </message>
    <message>
        <source>Step factor</source>
        <translation>감소 배율</translation>
    </message>
    <message>
        <source>What the learning rate is multiplied by at each step.</source>
        <translation>간격마다 학습률에 곱하는 값.</translation>
    </message>
    <message>
        <source>Training images</source>
        <translation>학습 이미지</translation>
    </message>
    <message>
        <source>How training images are varied, so that the network sees more than there is.</source>
        <translation>학습 이미지를 조금씩 바꾸어 네트워크가 더 다양한 이미지를 보게 하는 방법.</translation>
    </message>
    <message>
        <source>Random crop + flip</source>
        <translation>무작위 자르기 + 뒤집기</translation>
    </message>
    <message>
        <source>Rotate 5° + flip</source>
        <translation>5° 회전 + 뒤집기</translation>
    </message>
    <message>
        <source>As they are</source>
        <translation>원본 그대로</translation>
    </message>
    <message>
        <source>Varied views</source>
        <translation>변형 방식</translation>
    </message>
    <message>
        <source>Frozen layers can be computed once for a few views of each image and kept, or again for new views in every epoch: exact, and slower.</source>
        <translation>고정된 레이어는 이미지마다 몇 가지 변형만 한 번 계산해 보관할 수도 있고, 에포크마다 새 변형으로 다시 계산할 수도 있습니다. 다시 계산하면 정확하지만 느립니다.</translation>
    </message>
    <message>
        <source>A few, computed once</source>
        <translation>몇 장만, 한 번 계산</translation>
    </message>
    <message>
        <source>New in every epoch</source>
        <translation>에포크마다 새로</translation>
    </message>
    <message>
        <source>Views per image</source>
        <translation>이미지당 변형 수</translation>
    </message>
    <message>
        <source>How many views are kept; the epochs take turns with them.</source>
        <translation>보관할 변형의 수입니다. 에포크마다 번갈아 씁니다.</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>정밀도</translation>
    </message>
    <message>
        <source>bfloat16 rounds more and is several times as fast on some processors; automatic takes it where this machine was measured to gain from it.</source>
        <translation>bfloat16은 반올림이 더 크지만 일부 프로세서에서 몇 배 빠릅니다. 자동으로 두면 이 컴퓨터에서 재어 보고 이득이 있을 때 씁니다.</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>자동</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>장치</translation>
    </message>
    <message>
        <source>Where the network computes; auto takes the fastest found.</source>
        <translation>네트워크를 계산할 장치. auto는 찾은 장치 중 가장 빠른 것을 씁니다.</translation>
    </message>
    <message>
        <source>This is not a configuration file.</source>
        <translation>설정 파일이 아닙니다.</translation>
    </message>
    <message>
        <source>There is no setting called “{name}”.</source>
        <translation>이름이 “{name}”인 설정이 없습니다.</translation>
    </message>
    <message>
        <source>The settings are: {names}.</source>
        <translation>사용할 수 있는 설정: {names}.</translation>
    </message>
    <message>
        <source>It must be above {minimum} and at most {maximum}.</source>
        <translation>{minimum}보다 크고 {maximum} 이하인 값을 입력하세요.</translation>
    </message>
    <message>
        <source>It must be a number from {minimum} to {maximum}.</source>
        <translation>{minimum} 이상 {maximum} 이하인 숫자를 입력하세요.</translation>
    </message>
    <message>
        <source>“{value}” is not a valid value for {name}.</source>
        <translation>{name}에 “{value}” 값을 쓸 수 없습니다.</translation>
    </message>
    <message>
        <source>Choose one of: {choices}.</source>
        <translation>다음 중에서 고르세요: {choices}.</translation>
    </message>
    <message>
        <source>Devices are named auto, cpu, cuda:0 or mps.</source>
        <translation>장치 이름은 auto, cpu, cuda:0, mps 중에서 고르세요.</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>네트워크</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>Learning-rate schedule</source>
        <translation>학습률 스케줄</translation>
    </message>
    <message>
        <source>Augmentation</source>
        <translation>데이터 증강</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>컴퓨터</translation>
    </message>
    <message>
        <source>train / val folders</source>
        <translation>train / val 폴더</translation>
    </message>
    <message>
        <source>one folder per class, split by the studio</source>
        <translation>클래스별 폴더(분할은 자동)</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>검증</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>테스트</translation>
    </message>
    <message>
        <source>All, as in the folder</source>
        <translation>전체(폴더 순서)</translation>
    </message>
    <message>
        <source>Most sure and wrong</source>
        <translation>가장 확신한 오답</translation>
    </message>
    <message>
        <source>Most sure and right</source>
        <translation>가장 확신한 정답</translation>
    </message>
    <message>
        <source>Least sure</source>
        <translation>확신도가 낮은 순</translation>
    </message>
    <message>
        <source>Wrong</source>
        <translation>오답</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>정답</translation>
    </message>
    <message>
        <source>There is no {noun} called “{name}”.</source>
        <translation>이름이 “{name}”인 항목이 없습니다({noun}).</translation>
    </message>
    <message>
        <source>Did you mean: {near}?</source>
        <translation>혹시 이것을 찾으셨나요? {near}</translation>
    </message>
    <message>
        <source>The studio&apos;s resources folder is missing.</source>
        <translation>TLStudio의 resources 폴더가 없습니다.</translation>
    </message>
    <message>
        <source>Install TLStudio again.</source>
        <translation>TLStudio를 다시 설치하세요.</translation>
    </message>
    <message>
        <source>It must be a number.</source>
        <translation>숫자를 입력하세요.</translation>
    </message>
    <message>
        <source>“{name}” cannot be written: {why}.</source>
        <translation>“{name}” 파일을 쓸 수 없습니다: {why}.</translation>
    </message>
    <message>
        <source>Choose another folder, or make room on the disk.</source>
        <translation>다른 폴더를 고르거나 디스크 공간을 확보하세요.</translation>
    </message>
    <message>
        <source>{model} has no layer called “{path}”.</source>
        <translation>{model}에는 이름이 “{path}”인 레이어가 없습니다.</translation>
    </message>
    <message>
        <source>Choose a strategy again to reset the ticks.</source>
        <translation>전략을 다시 골라 레이어 선택을 초기화하세요.</translation>
    </message>
    <message>
        <source>strategy</source>
        <translation>전략</translation>
    </message>
    <message>
        <source>Feature extraction</source>
        <translation>특징 추출</translation>
    </message>
    <message>
        <source>Only the new head trains; the pretrained backbone stays as it is. Fast, and hard to spoil with few images.</source>
        <translation>새 헤드만 학습하고 사전 학습 백본은 그대로 둡니다. 빠르고, 이미지가 적어도 잘 망가지지 않습니다.</translation>
    </message>
    <message>
        <source>Partial fine-tuning</source>
        <translation>부분 미세 조정</translation>
    </message>
    <message>
        <source>Training begins at a layer that you choose; everything before it stays frozen. A middle way when images are few but different from ImageNet.</source>
        <translation>고른 레이어부터 학습하고 그 앞은 모두 고정합니다. 이미지가 적지만 ImageNet과 많이 다를 때 알맞은 절충안입니다.</translation>
    </message>
    <message>
        <source>Fine-tuning</source>
        <translation>미세 조정</translation>
    </message>
    <message>
        <source>Everything trains, starting from the pretrained values. Often the most accurate, slower, and wants more images.</source>
        <translation>사전 학습한 값에서 시작해 모든 레이어를 학습합니다. 대개 가장 정확하지만 느리고 이미지가 더 필요합니다.</translation>
    </message>
    <message>
        <source>From scratch</source>
        <translation>처음부터 학습</translation>
    </message>
    <message>
        <source>Everything trains from random values. Needs many images; good for seeing what pretraining is worth.</source>
        <translation>무작위 값에서 시작해 모든 레이어를 학습합니다. 이미지가 많이 필요하며, 사전 학습의 효과를 비교해 보기에 좋습니다.</translation>
    </message>
    <message>
        <source>Custom</source>
        <translation>사용자 지정</translation>
    </message>
    <message>
        <source>The layers that you ticked in the tree train.</source>
        <translation>트리에서 선택한 레이어를 학습합니다.</translation>
    </message>
    <message>
        <source>No layer is ticked, so there is nothing to train.</source>
        <translation>선택한 레이어가 없어 학습할 것이 없습니다.</translation>
    </message>
    <message>
        <source>Tick at least the head in the layer tree.</source>
        <translation>레이어 트리에서 적어도 헤드를 선택하세요.</translation>
    </message>
    <message>
        <source>Its stages are: {stages}.</source>
        <translation>이 모델의 스테이지: {stages}.</translation>
    </message>
    <message>
        <source>The file does not exist.</source>
        <translation>파일이 없습니다.</translation>
    </message>
    <message>
        <source>This is not a regular file.</source>
        <translation>일반 파일이 아닙니다.</translation>
    </message>
    <message>
        <source>The file may not be read.</source>
        <translation>파일을 읽을 권한이 없습니다.</translation>
    </message>
    <message>
        <source>The file is empty.</source>
        <translation>빈 파일입니다.</translation>
    </message>
    <message>
        <source>The file is not an image of a known format.</source>
        <translation>알 수 없는 이미지 형식입니다.</translation>
    </message>
    <message>
        <source>The image has more than 64 megapixels.</source>
        <translation>이미지가 64메가픽셀보다 큽니다.</translation>
    </message>
    <message>
        <source>The image is damaged or cut off.</source>
        <translation>이미지가 손상되었거나 잘려 있습니다.</translation>
    </message>
    <message>
        <source>Autumn table</source>
        <translation>가을 식탁</translation>
    </message>
    <message>
        <source>Drawn still lifes in five classes: small, photo-like and not too easy.</source>
        <translation>다섯 클래스의 정물 그림. 작고 사진과 비슷하며 너무 쉽지 않습니다.</translation>
    </message>
    <message>
        <source>Handwritten digits</source>
        <translation>손글씨 숫자</translation>
    </message>
    <message>
        <source>1,797 tiny scans of the digits 0 to 9, from scikit-learn.</source>
        <translation>0부터 9까지의 숫자를 스캔한 작은 이미지 1,797장(scikit-learn 제공).</translation>
    </message>
    <message>
        <source>sample dataset</source>
        <translation>예제 데이터셋</translation>
    </message>
    <message>
        <source>The sample dataset “{name}” is missing.</source>
        <translation>예제 데이터셋 “{name}”이(가) 없습니다.</translation>
    </message>
    <message>
        <source>There is no folder “{path}”.</source>
        <translation>“{path}” 폴더가 없습니다.</translation>
    </message>
    <message>
        <source>Choose a folder that holds one folder of images per class.</source>
        <translation>클래스마다 이미지 폴더가 하나씩 들어 있는 폴더를 고르세요.</translation>
    </message>
    <message>
        <source>Make one folder per class with its images inside, or “train” and “val” folders that hold such class folders.</source>
        <translation>클래스마다 폴더를 하나씩 만들어 이미지를 넣거나, 그런 클래스 폴더를 담은 “train” 폴더와 “val” 폴더를 만드세요.</translation>
    </message>
    <message>
        <source>The images in “{name}” lie loose, without a folder for each class.</source>
        <translation>“{name}”의 이미지가 클래스별 폴더로 나뉘어 있지 않습니다.</translation>
    </message>
    <message>
        <source>There are no images in “{name}” to learn from.</source>
        <translation>“{name}”에 학습할 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>There is only one class with images, “{name}”.</source>
        <translation>이미지가 있는 클래스가 “{name}” 하나뿐입니다.</translation>
    </message>
    <message>
        <source>Opening the folder was stopped.</source>
        <translation>폴더 열기를 중지했습니다.</translation>
    </message>
    <message>
        <source>No image in “{name}” can be read.</source>
        <translation>“{name}”에서 읽을 수 있는 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>There is no file or folder “{path}”.</source>
        <translation>“{path}” 파일이나 폴더가 없습니다.</translation>
    </message>
    <message>
        <source>There are no images in these folders.</source>
        <translation>이 폴더들에 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>The images must be JPEG, PNG, BMP, GIF, WebP or TIFF.</source>
        <translation>JPEG, PNG, BMP, GIF, WebP, TIFF 이미지를 사용하세요.</translation>
    </message>
    <message>
        <source>Telling apart needs two classes or more with images.</source>
        <translation>분류하려면 이미지가 있는 클래스가 두 개 이상 필요합니다.</translation>
    </message>
    <message>
        <source>The class “{name}” has no readable image and is left out.</source>
        <translation>클래스 “{name}”에 읽을 수 있는 이미지가 없어 제외합니다.</translation>
    </message>
    <message>
        <source>The class “{name}” has no training images, so its {split} images are left out.</source>
        <translation>클래스 “{name}”에 학습 이미지가 없어 이 클래스의 {split} 이미지를 제외합니다.</translation>
    </message>
    <message>
        <source>There are no validation images, so the best epoch is chosen by training accuracy.</source>
        <translation>검증 이미지가 없어 학습 정확도로 최고 에포크를 고릅니다.</translation>
    </message>
    <message>
        <source>The class “{name}” has a single training image.</source>
        <translation>클래스 “{name}”의 학습 이미지가 한 장뿐입니다.</translation>
    </message>
    <message>
        <source>The class “{name}” has no validation images.</source>
        <translation>클래스 “{name}”에 검증 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>One file cannot be read and is left out.</source>
        <translation>파일 1개를 읽을 수 없어 제외했습니다.</translation>
    </message>
    <message>
        <source>{count} files cannot be read and are left out.</source>
        <translation>읽을 수 없는 파일 {count}개를 제외합니다.</translation>
    </message>
    <message>
        <source>“{name}” has a validation folder but no training folder.</source>
        <translation>“{name}”에 검증 폴더는 있지만 학습 폴더가 없습니다.</translation>
    </message>
    <message>
        <source>Put the training images in a folder called “train”.</source>
        <translation>학습 이미지를 “train” 폴더에 넣으세요.</translation>
    </message>
    <message>
        <source>There is no validation folder, so the studio validates with a part of the training images.</source>
        <translation>검증 폴더가 없어 학습 이미지의 일부를 검증에 사용합니다.</translation>
    </message>
    <message>
        <source>This machine has no device called “{name}”.</source>
        <translation>이 컴퓨터에는 “{name}” 장치가 없습니다.</translation>
    </message>
    <message>
        <source>Choose one of: {names}.</source>
        <translation>다음 중에서 고르세요: {names}.</translation>
    </message>
    <message>
        <source>The device “{device}” ran out of memory.</source>
        <translation>“{device}” 장치의 메모리가 부족합니다.</translation>
    </message>
    <message>
        <source>Choose a smaller batch size or a smaller model.</source>
        <translation>배치 크기를 줄이거나 더 작은 모델을 고르세요.</translation>
    </message>
    <message>
        <source>A normalisation layer cannot train on a single image.</source>
        <translation>정규화 레이어는 이미지 한 장으로 학습할 수 없습니다.</translation>
    </message>
    <message>
        <source>Choose a batch size of 2 or more, or freeze the normalisation layers.</source>
        <translation>배치 크기를 2 이상으로 하거나 정규화 레이어를 고정하세요.</translation>
    </message>
    <message>
        <source>Training broke off: {why}.</source>
        <translation>학습이 중단되었습니다: {why}.</translation>
    </message>
    <message>
        <source>The log has the details; please report it.</source>
        <translation>자세한 내용은 로그에 있습니다. 이 문제를 알려 주세요.</translation>
    </message>
    <message>
        <source>The network has no layer called “{path}”.</source>
        <translation>네트워크에 이름이 “{path}”인 레이어가 없습니다.</translation>
    </message>
    <message>
        <source>The pretrained weights of {title} ({size_mb} MB) are not on this machine yet.</source>
        <translation>{title}의 사전 학습 가중치({size_mb}MB)가 아직 이 컴퓨터에 없습니다.</translation>
    </message>
    <message>
        <source>Download them where the model is chosen, or on a terminal: tlstudio-cli models --download {model}</source>
        <translation>모델 선택 화면이나 터미널에서 다운로드하세요: tlstudio-cli models --download {model}</translation>
    </message>
    <message>
        <source>“{name}” does not hold the pretrained weights of {model}.</source>
        <translation>“{name}” 파일에 {model}의 사전 학습 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>Delete the file and download it again: {path}</source>
        <translation>파일을 지우고 다시 다운로드하세요: {path}</translation>
    </message>
    <message>
        <source>A network needs at least one class.</source>
        <translation>네트워크에는 클래스가 하나 이상 필요합니다.</translation>
    </message>
    <message>
        <source>Open a dataset with a folder for each class.</source>
        <translation>클래스별 폴더가 있는 데이터셋을 여세요.</translation>
    </message>
    <message>
        <source>The head of {kind} is of a form that the studio cannot replace.</source>
        <translation>{kind}의 헤드는 TLStudio가 교체할 수 없는 형태입니다.</translation>
    </message>
    <message>
        <source>Choose a model from the catalog.</source>
        <translation>카탈로그에 있는 모델을 고르세요.</translation>
    </message>
    <message>
        <source>The on-board weights of {model} are damaged.</source>
        <translation>{model}의 내장 가중치가 손상되었습니다.</translation>
    </message>
    <message>
        <source>The dataset has fewer than two classes.</source>
        <translation>데이터셋의 클래스가 두 개보다 적습니다.</translation>
    </message>
    <message>
        <source>The class “{name}” has no training images.</source>
        <translation>클래스 “{name}”에 학습 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>Add images to it or remove its folder.</source>
        <translation>이미지를 추가하거나 해당 폴더를 삭제하세요.</translation>
    </message>
    <message>
        <source>The network tells other classes apart than the dataset.</source>
        <translation>네트워크의 클래스와 데이터셋의 클래스가 다릅니다.</translation>
    </message>
    <message>
        <source>Choose the model again to fit its head to the dataset.</source>
        <translation>모델을 다시 골라 헤드를 데이터셋에 맞추세요.</translation>
    </message>
    <message>
        <source>No training image could be read.</source>
        <translation>읽을 수 있는 학습 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>The loss is no longer a finite number, so training stopped.</source>
        <translation>손실이 유한한 수가 아니게 되어 학습을 중지했습니다.</translation>
    </message>
    <message>
        <source>Choose a smaller learning rate, a tenth of it for example.</source>
        <translation>학습률을 줄이세요. 예를 들어 10분의 1로 낮춰 보세요.</translation>
    </message>
    <message>
        <source>There are no pretrained weights of {model} to download.</source>
        <translation>{model}에는 다운로드할 사전 학습 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>Choose another model, or start from random values.</source>
        <translation>다른 모델을 고르거나 무작위 값에서 시작하세요.</translation>
    </message>
    <message>
        <source>The server of the weights of {model} refused: {status} {reason}.</source>
        <translation>{model} 가중치 서버가 요청을 거부했습니다: {status} {reason}.</translation>
    </message>
    <message>
        <source>Try again later, or fetch it by hand from {address}</source>
        <translation>나중에 다시 시도하거나 다음 주소에서 직접 받으세요: {address}</translation>
    </message>
    <message>
        <source>The weights of {model} cannot be downloaded: no connection to {host}.</source>
        <translation>{model} 가중치를 다운로드할 수 없습니다. {host} 서버에 연결되지 않습니다.</translation>
    </message>
    <message>
        <source>Check the network, or choose a model whose weights are on board. By hand: put {address} into {folder}</source>
        <translation>인터넷 연결을 확인하거나 가중치가 내장된 모델을 고르세요. 직접 받으려면 {address} 파일을 {folder} 폴더에 넣으세요.</translation>
    </message>
    <message>
        <source>The download of the weights of {model} broke off.</source>
        <translation>{model} 가중치 다운로드가 중간에 끊겼습니다.</translation>
    </message>
    <message>
        <source>Check the network and try again.</source>
        <translation>인터넷 연결을 확인하고 다시 시도하세요.</translation>
    </message>
    <message>
        <source>What was downloaded for {model} is not the expected file, and was deleted.</source>
        <translation>{model} 가중치로 받은 파일이 예상과 달라 삭제했습니다.</translation>
    </message>
    <message>
        <source>Try again; a proxy or a login page may have answered instead.</source>
        <translation>다시 시도하세요. 프록시나 로그인 페이지가 대신 응답했을 수 있습니다.</translation>
    </message>
    <message>
        <source>The download of the weights of {model} was stopped.</source>
        <translation>{model} 가중치 다운로드를 중지했습니다.</translation>
    </message>
    <message>
        <source>“{name}” holds no weights of a network.</source>
        <translation>“{name}” 파일에 네트워크의 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>Choose a .pth, .pt or .safetensors file.</source>
        <translation>.pth, .pt, .safetensors 파일을 고르세요.</translation>
    </message>
    <message>
        <source>“{name}” tells {found} classes apart, here are {wanted}.</source>
        <translation>“{name}”의 클래스는 {found}개인데 여기에는 {wanted}개가 있습니다.</translation>
    </message>
    <message>
        <source>Open the dataset that it was trained on, or train a new head for this one.</source>
        <translation>이 가중치를 학습한 데이터셋을 열거나, 현재 데이터셋으로 새 헤드를 학습하세요.</translation>
    </message>
    <message>
        <source>“{name}” is damaged: its checksum does not match.</source>
        <translation>“{name}” 파일이 손상되었습니다. 체크섬이 맞지 않습니다.</translation>
    </message>
    <message>
        <source>Copy or download it again, or choose another file.</source>
        <translation>다시 복사하거나 다운로드하고, 아니면 다른 파일을 고르세요.</translation>
    </message>
    <message>
        <source>“{name}” fits no model of the catalog.</source>
        <translation>“{name}” 파일과 맞는 모델이 카탈로그에 없습니다.</translation>
    </message>
    <message>
        <source>The nearest is {model}, but {missing} tensors are missing, {unexpected} unknown and {mismatched} of another shape, for example {example}.</source>
        <translation>가장 가까운 모델은 {model}인데, 없는 텐서가 {missing}개, 알 수 없는 텐서가 {unexpected}개, 형태가 다른 텐서가 {mismatched}개 있습니다. 예: {example}.</translation>
    </message>
    <message>
        <source>Recognised as {model} by the names and shapes of its layers.</source>
        <translation>레이어의 이름과 형태로 보아 {model} 모델입니다.</translation>
    </message>
    <message>
        <source>“{name}” holds weights of {found}, not of {model}.</source>
        <translation>“{name}” 파일의 가중치는 {model} 모델이 아니라 {found} 모델의 것입니다.</translation>
    </message>
    <message>
        <source>Choose the model {found}, or another file.</source>
        <translation>{found} 모델을 고르거나 다른 파일을 고르세요.</translation>
    </message>
    <message>
        <source>“{name}” does not fit {model}: {missing} tensors are missing, {unexpected} unknown and {mismatched} of another shape, for example {example}.</source>
        <translation>“{name}” 파일이 {model} 모델과 맞지 않습니다. 없는 텐서가 {missing}개, 알 수 없는 텐서가 {unexpected}개, 형태가 다른 텐서가 {mismatched}개 있습니다. 예: {example}.</translation>
    </message>
    <message>
        <source>Choose the model that the file was made with, or another file.</source>
        <translation>이 파일을 만든 모델을 고르거나 다른 파일을 고르세요.</translation>
    </message>
    <message>
        <source>“{name}” holds values that are not numbers, for example in {layer}.</source>
        <translation>“{name}” 파일에 숫자가 아닌 값(NaN)이 있습니다. 예: {layer}.</translation>
    </message>
    <message>
        <source>The training behind it went astray; train again with a lower learning rate.</source>
        <translation>학습이 발산한 파일입니다. 학습률을 낮춰 다시 학습하세요.</translation>
    </message>
    <message>
        <source>Values of type {types} were converted to float32.</source>
        <translation>{types} 형식의 값을 float32로 변환했습니다.</translation>
    </message>
    <message>
        <source>The auxiliary heads in the file were left out ({count} tensors); predictions do not use them.</source>
        <translation>파일의 보조 헤드(텐서 {count}개)를 제외했습니다. 예측에는 쓰이지 않습니다.</translation>
    </message>
    <message>
        <source>The file does not say how it scales its input; it is taken for one that began with torchvision&apos;s pretrained weights.</source>
        <translation>파일에 입력을 정규화하는 방법이 없어, torchvision의 사전 학습 가중치에서 시작한 것으로 봅니다.</translation>
    </message>
    <message>
        <source>The file does not say how it scales its input; it is taken for one that began with random values.</source>
        <translation>파일에 입력을 정규화하는 방법이 없어, 무작위 값에서 시작한 것으로 봅니다.</translation>
    </message>
    <message>
        <source>The file&apos;s classes are {told}; those of the dataset are {wanted}.</source>
        <translation>파일의 클래스는 {told}, 데이터셋의 클래스는 {wanted}입니다.</translation>
    </message>
    <message>
        <source>The file has the classes in another order: {told}.</source>
        <translation>파일의 클래스 순서가 다릅니다: {told}.</translation>
    </message>
    <message>
        <source>The file has no class names; those of the dataset are taken in order.</source>
        <translation>파일에 클래스 이름이 없어 데이터셋의 클래스를 순서대로 사용합니다.</translation>
    </message>
    <message>
        <source>The file has no class names; they are numbered instead.</source>
        <translation>파일에 클래스 이름이 없어 번호로 대신합니다.</translation>
    </message>
    <message>
        <source>“{name}” cannot be opened: {why}.</source>
        <translation>“{name}” 파일을 열 수 없습니다: {why}.</translation>
    </message>
    <message>
        <source>“{name}” is a whole model in the format of torch before 1.6, which cannot be read without running code from it.</source>
        <translation>“{name}” 파일은 torch 1.6 이전 형식의 전체 모델이라, 파일 안의 코드를 실행하지 않고는 읽을 수 없습니다.</translation>
    </message>
    <message>
        <source>Where it comes from, save its weights instead: torch.save(model.state_dict(), path).</source>
        <translation>이 파일을 만든 곳에서 가중치를 대신 저장하세요: torch.save(model.state_dict(), path).</translation>
    </message>
    <message>
        <source>“{name}” is not a weights file.</source>
        <translation>“{name}” 파일은 가중치 파일이 아닙니다.</translation>
    </message>
    <message>
        <source>“{name}” is damaged, or was not written to its end.</source>
        <translation>“{name}” 파일이 손상되었거나 끝까지 저장되지 않았습니다.</translation>
    </message>
    <message>
        <source>“{name}” was not opened, for safety: it holds more than weights ({why}).</source>
        <translation>안전을 위해 “{name}” 파일을 열지 않았습니다. 가중치가 아닌 것이 들어 있습니다({why}).</translation>
    </message>
    <message>
        <source>Where it comes from, save its weights alone: torch.save(model.state_dict(), path).</source>
        <translation>이 파일을 만든 곳에서 가중치만 저장하세요: torch.save(model.state_dict(), path).</translation>
    </message>
    <message>
        <source>“{name}” does not say in which format to write.</source>
        <translation>“{name}”에 저장할 형식이 드러나지 않습니다.</translation>
    </message>
    <message>
        <source>Let the name end in one of: {suffixes}</source>
        <translation>파일 이름 끝에 다음 중 하나를 붙이세요: {suffixes}</translation>
    </message>
    <message>
        <source>The prefix “{prefix}” was taken off all names.</source>
        <translation>모든 이름에서 접두사 “{prefix}”을(를) 떼었습니다.</translation>
    </message>
    <message>
        <source>The weights were found under “{key}” in the file.</source>
        <translation>파일의 “{key}” 항목에서 가중치를 찾았습니다.</translation>
    </message>
    <message>
        <source>Something unexpected went wrong: {what}</source>
        <translation>예기치 못한 문제가 생겼습니다: {what}</translation>
    </message>
    <message>
        <source>The details are in the log (Help menu).</source>
        <translation>자세한 내용은 로그에 있습니다(도움말 메뉴).</translation>
    </message>
    <message>
        <source>{flag} has no meaning with this strategy.</source>
        <translation>이 전략에서는 {flag} 옵션을 쓰지 않습니다.</translation>
    </message>
    <message>
        <source>Use it with --strategy {strategy}.</source>
        <translation>--strategy {strategy} 옵션과 함께 사용하세요.</translation>
    </message>
    <message>
        <source>model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>The file changed while it was read.</source>
        <translation>읽는 동안 파일이 바뀌었습니다.</translation>
    </message>
</context>
<context>
    <name>dialogs</name>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>버전 {version}</translation>
    </message>
    <message>
        <source>From a folder of photos to a classifier you understand.</source>
        <translation>사진 폴더 하나로 만드는, 이해할 수 있는 분류기.</translation>
    </message>
    <message>
        <source>Apache-2.0. Made with PyTorch, torchvision, timm, Qt for Python and pyqtgraph. Icons: Phosphor (MIT). Font: Pretendard (OFL). On-board weights: EfficientNet-Lite0 (Apache-2.0).</source>
        <translation>Apache-2.0. PyTorch, torchvision, timm, Qt for Python, pyqtgraph로 만들었습니다. 아이콘: Phosphor(MIT). 글꼴: Pretendard(OFL). 내장 가중치: EfficientNet-Lite0(Apache-2.0).</translation>
    </message>
    <message>
        <source>About TLStudio</source>
        <translation>TLStudio 정보</translation>
    </message>
    <message>
        <source>Go to a step</source>
        <translation>단계로 이동</translation>
    </message>
    <message>
        <source>Train from the selected layer on</source>
        <translation>선택한 레이어부터 학습</translation>
    </message>
    <message>
        <source>Large view of a picture</source>
        <translation>그림 크게 보기</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>키보드 단축키</translation>
    </message>
    <message>
        <source>Nothing so far.</source>
        <translation>아직 메시지가 없습니다.</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>메시지</translation>
    </message>
    <message>
        <source>Training is going on. Stop it and quit?</source>
        <translation>학습이 진행 중입니다. 중지하고 종료할까요?</translation>
    </message>
    <message>
        <source>What was learned so far is lost unless you save it first.</source>
        <translation>먼저 저장하지 않으면 지금까지 학습한 내용이 사라집니다.</translation>
    </message>
    <message>
        <source>Stop and save…</source>
        <translation>중지하고 저장…</translation>
    </message>
    <message>
        <source>Stop and quit</source>
        <translation>중지하고 종료</translation>
    </message>
    <message>
        <source>Keep training</source>
        <translation>학습 계속</translation>
    </message>
    <message>
        <source>The trained weights are not saved.</source>
        <translation>학습한 가중치를 저장하지 않았습니다.</translation>
    </message>
    <message>
        <source>Without saving they are gone when the studio closes.</source>
        <translation>저장하지 않으면 TLStudio를 닫을 때 사라집니다.</translation>
    </message>
    <message>
        <source>Save weights…</source>
        <translation>가중치 저장…</translation>
    </message>
    <message>
        <source>Quit without saving</source>
        <translation>저장하지 않고 종료</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
</context>
<context>
    <name>file_dialogs</name>
    <message>
        <source>Images</source>
        <translation>이미지</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>가중치</translation>
    </message>
    <message>
        <source>PyTorch state dict</source>
        <translation>PyTorch state dict</translation>
    </message>
    <message>
        <source>safetensors</source>
        <translation>safetensors</translation>
    </message>
    <message>
        <source>Whole PyTorch model</source>
        <translation>PyTorch 전체 모델</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>표</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>그림</translation>
    </message>
</context>
<context>
    <name>formats</name>
    <message>
        <source>{s:.1f} s</source>
        <translation>{s:.1f}초</translation>
    </message>
    <message>
        <source>{s:.0f} s</source>
        <translation>{s:.0f}초</translation>
    </message>
    <message>
        <source>{m} min {s} s</source>
        <translation>{m}분 {s}초</translation>
    </message>
    <message>
        <source>{h} h {m} min</source>
        <translation>{h}시간 {m}분</translation>
    </message>
    <message>
        <source>&lt; 0.1 s</source>
        <translation>0.1초 미만</translation>
    </message>
    <message>
        <source>{m} min</source>
        <translation>{m}분</translation>
    </message>
</context>
<context>
    <name>marks</name>
    <message>
        <source>Right</source>
        <translation>맞음</translation>
    </message>
    <message>
        <source>Wrong</source>
        <translation>틀림</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>알 수 없음</translation>
    </message>
</context>
<context>
    <name>menus</name>
    <message>
        <source>As the system</source>
        <translation>시스템 설정에 따름</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>밝게</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>어둡게</translation>
    </message>
    <message>
        <source>Open re&amp;cent</source>
        <translation>최근 항목 열기(&amp;C)</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>아직 없음</translation>
    </message>
    <message>
        <source>Forget them</source>
        <translation>목록 지우기</translation>
    </message>
    <message>
        <source>Open &amp;sample dataset</source>
        <translation>예제 데이터셋 열기(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Appearance</source>
        <translation>화면 모드(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>언어(&amp;L)</translation>
    </message>
</context>
<context>
    <name>prediction_items</name>
    <message>
        <source>is: {name}</source>
        <translation>실제: {name}</translation>
    </message>
</context>
</TS>
