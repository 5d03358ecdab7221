<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko">
<context>
    <name>ActivationsLesson</name>
    <message>
        <source>Logits, softmax and sigmoid by class</source>
        <translation>클래스별 로짓, 소프트맥스, 시그모이드</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>클래스</translation>
    </message>
    <message>
        <source>identity: logit z</source>
        <translation>항등 함수: 로짓 z</translation>
    </message>
    <message>
        <source>softmax of these</source>
        <translation>소프트맥스(이 클래스들만)</translation>
    </message>
    <message>
        <source>sigmoid</source>
        <translation>시그모이드</translation>
    </message>
    <message>
        <source>sum</source>
        <translation>합</translation>
    </message>
    <message>
        <source>As the network says</source>
        <translation>네트워크의 로짓으로</translation>
    </message>
</context>
<context>
    <name>AdviceView</name>
    <message>
        <source>Go to Data</source>
        <translation>데이터 단계로 이동</translation>
    </message>
    <message>
        <source>Advice</source>
        <translation>조언</translation>
    </message>
    <message>
        <source>Use this advice</source>
        <translation>이 조언 따르기</translation>
    </message>
    <message>
        <source>The present settings follow this advice.</source>
        <translation>지금 설정은 이 조언을 따릅니다.</translation>
    </message>
    <message>
        <source>few images</source>
        <translation>적은 이미지</translation>
    </message>
    <message>
        <source>many</source>
        <translation>많음</translation>
    </message>
    <message>
        <source>different</source>
        <translation>다름</translation>
    </message>
    <message>
        <source>similar</source>
        <translation>비슷함</translation>
    </message>
    <message>
        <source>Open a dataset, and the studio says which layers of the network to train with it, and why.</source>
        <translation>데이터셋을 열면, 네트워크의 어느 레이어를 왜 학습할지 알려 줍니다.</translation>
    </message>
    <message>
        <source>Train the head</source>
        <translation>헤드만 학습</translation>
    </message>
    <message>
        <source>Train the late layers</source>
        <translation>뒤쪽 레이어 학습</translation>
    </message>
    <message>
        <source>Train everything</source>
        <translation>전부 학습</translation>
    </message>
    <message>
        <source>Train everything, gently</source>
        <translation>전부, 조심스럽게 학습</translation>
    </message>
    <message>
        <source>Train the late layers, or all</source>
        <translation>뒤쪽 레이어나 전부 학습</translation>
    </message>
</context>
<context>
    <name>ArchitectureCanvas</name>
    <message>
        <source>Picture of the architecture</source>
        <translation>네트워크 구조 그림</translation>
    </message>
</context>
<context>
    <name>ArchitectureLegend</name>
    <message>
        <source>skip connection</source>
        <translation>스킵 연결</translation>
    </message>
    <message>
        <source>frozen</source>
        <translation>고정</translation>
    </message>
    <message>
        <source>differs from the network on its left</source>
        <translation>왼쪽 네트워크와 다름</translation>
    </message>
</context>
<context>
    <name>AugmentationLesson</name>
    <message>
        <source>Strength of the variation</source>
        <translation>변형 강도</translation>
    </message>
    <message>
        <source>Draw again</source>
        <translation>다시 뽑기</translation>
    </message>
    <message>
        <source>Views of the photo</source>
        <translation>사진의 변형</translation>
    </message>
    <message>
        <source>still “{name}”</source>
        <translation>여전히 “{name}”</translation>
    </message>
    <message>
        <source>of {count} views</source>
        <translation>/ {count}장</translation>
    </message>
    <message>
        <source>as it is</source>
        <translation>원본</translation>
    </message>
</context>
<context>
    <name>BallChart</name>
    <message>
        <source>Ball chart</source>
        <translation>볼 차트</translation>
    </message>
</context>
<context>
    <name>BatchNormLesson</name>
    <message>
        <source>Images in the batch</source>
        <translation>배치의 이미지 수</translation>
    </message>
    <message>
        <source>Light: cooler or warmer</source>
        <translation>조명: 차갑게 또는 따뜻하게</translation>
    </message>
    <message>
        <source>Photo with the value that is followed</source>
        <translation>추적하는 값이 표시된 사진</translation>
    </message>
    <message>
        <source>The batch</source>
        <translation>배치</translation>
    </message>
    <message>
        <source>Before: what the convolution makes</source>
        <translation>정규화 전: 합성곱의 출력</translation>
    </message>
    <message>
        <source>After: y = γ·(x − μ) / √(σ² + ε) + β</source>
        <translation>정규화 후: y = γ·(x − μ) / √(σ² + ε) + β</translation>
    </message>
    <message>
        <source>in training</source>
        <translation>학습 모드</translation>
    </message>
    <message>
        <source>in evaluation</source>
        <translation>평가 모드</translation>
    </message>
    <message>
        <source>Running mean after this batch</source>
        <translation>이 배치 뒤의 이동 평균</translation>
    </message>
    <message>
        <source>In training: {name}, {percent} %</source>
        <translation>학습 모드: {name}, {percent} %</translation>
    </message>
    <message>
        <source>In evaluation: {name}, {percent} %</source>
        <translation>평가 모드: {name}, {percent} %</translation>
    </message>
    <message>
        <source>What the whole network says</source>
        <translation>네트워크 전체의 답</translation>
    </message>
</context>
<context>
    <name>BesideLayers</name>
    <message>
        <source>Layers of the networks, side by side</source>
        <translation>나란히 놓은 네트워크들의 레이어</translation>
    </message>
    <message>
        <source>What the cells say</source>
        <translation>칸에 보이는 것</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>레이어</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>출력</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>파라미터</translation>
    </message>
    <message>
        <source>Multiply-adds</source>
        <translation>곱셈-덧셈</translation>
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
        <source>Copy</source>
        <translation>복사</translation>
    </message>
    <message>
        <source>The rows that are open, as a Markdown table</source>
        <translation>펼쳐진 행을 Markdown 표로</translation>
    </message>
    <message>
        <source>Loading the model library…</source>
        <translation>모델 라이브러리를 불러오는 중…</translation>
    </message>
    <message>
        <source>Looking into the networks…</source>
        <translation>네트워크를 살펴보는 중…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
    <message>
        <source>A mark: it differs from the network on its left, or only one of them has it.</source>
        <translation>표시: 왼쪽 네트워크와 다르거나 둘 중 하나에만 있습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) copied.</source>
        <translation>
            <numerusform>%Ln개 행을 복사했습니다.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BesideModel</name>
    <message>
        <source>Map</source>
        <translation>특징 맵</translation>
    </message>
    <message>
        <source>Height×width of what comes out, in pixels of the map</source>
        <translation>출력의 높이×너비(특징 맵의 픽셀)</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>없음</translation>
    </message>
    <message>
        <source>{text}, differs from the network on its left</source>
        <translation>{text}, 왼쪽 네트워크와 다름</translation>
    </message>
    <message>
        <source>The network on its left has something here.</source>
        <translation>왼쪽 네트워크에는 이 자리에 레이어가 있습니다.</translation>
    </message>
</context>
<context>
    <name>BranchesPicture</name>
    <message>
        <source>Branches of the module</source>
        <translation>모듈의 가지</translation>
    </message>
    <message>
        <source>naive {naive} multiply-adds, with reductions {reduced}</source>
        <translation>곱셈-덧셈: 단순형 {naive}, 차원 축소형 {reduced}</translation>
    </message>
    <message>
        <source>1×1 to {count}</source>
        <translation>1×1 → {count}</translation>
    </message>
    <message>
        <source>max pool</source>
        <translation>최대 풀링</translation>
    </message>
    <message>
        <source>{kernel} to {count}</source>
        <translation>{kernel} → {count}</translation>
    </message>
    <message>
        <source>{count} maps of {side}×{side} come in</source>
        <translation>입력: {side}×{side} 맵 {count}개</translation>
    </message>
    <message>
        <source>naive</source>
        <translation>단순형</translation>
    </message>
    <message>
        <source>with reductions</source>
        <translation>차원 축소형</translation>
    </message>
    <message>
        <source>multiply-adds</source>
        <translation>곱셈-덧셈</translation>
    </message>
    <message>
        <source>{count} M</source>
        <translation>{count} M</translation>
    </message>
    <message>
        <source>{count} maps go on, naive</source>
        <translation>출력 맵 {count}개 (단순형)</translation>
    </message>
    <message>
        <source>{count} maps go on, reduced</source>
        <translation>출력 맵 {count}개 (차원 축소형)</translation>
    </message>
</context>
<context>
    <name>Browser</name>
    <message>
        <source>Read differently…</source>
        <translation>다르게 읽기…</translation>
    </message>
    <message>
        <source>See the other ways in which it can be read</source>
        <translation>달리 읽는 방법을 봅니다</translation>
    </message>
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
        <source>sample dataset</source>
        <translation>예제 데이터셋</translation>
    </message>
    <message>
        <source>image “{column}”</source>
        <translation>이미지 “{column}”</translation>
    </message>
    <message>
        <source>a column for each class</source>
        <translation>클래스마다 열 하나</translation>
    </message>
    <message>
        <source>class “{column}”</source>
        <translation>클래스 “{column}”</translation>
    </message>
    <message>
        <source>split “{column}”</source>
        <translation>분할 “{column}”</translation>
    </message>
    <message>
        <source>group “{column}”</source>
        <translation>그룹 “{column}”</translation>
    </message>
    <message>
        <source>{split} {count}</source>
        <translation>{split} {count}장</translation>
    </message>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>클래스 %Ln개</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CalibrationSide</name>
    <message>
        <source>Calibrate</source>
        <translation>보정하기</translation>
    </message>
    <message>
        <source>Fits one temperature to the validation images, so that probabilities keep what they promise. The answers stay the same.</source>
        <translation>확률이 실제 정확도와 맞도록 검증 이미지로 온도 하나를 맞춥니다. 예측 결과는 그대로입니다.</translation>
    </message>
    <message>
        <source>Undo calibration</source>
        <translation>보정 취소</translation>
    </message>
    <message>
        <source>Right among images by probability</source>
        <translation>확률별 맞힌 비율</translation>
    </message>
    <message>
        <source>All classes</source>
        <translation>모든 클래스</translation>
    </message>
    <message>
        <source>Among the first {k}</source>
        <translation>상위 {k}개 안</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>정확도</translation>
    </message>
    <message>
        <source>Mean recall</source>
        <translation>평균 재현율</translation>
    </message>
    <message>
        <source>Macro F1</source>
        <translation>매크로 F1</translation>
    </message>
    <message>
        <source>ROC-AUC, mean</source>
        <translation>ROC-AUC 평균</translation>
    </message>
    <message>
        <source>Average precision, mean</source>
        <translation>평균 정밀도(AP) 평균</translation>
    </message>
    <message>
        <source>Log loss</source>
        <translation>로그 손실</translation>
    </message>
    <message>
        <source>Calibration error (ECE)</source>
        <translation>보정 오차(ECE)</translation>
    </message>
    <message>
        <source>Calibrated, T = {t}.</source>
        <translation>보정됨, T = {t}.</translation>
    </message>
    <message>
        <source>Calibration error {before} → {after} on images that it was not fitted on.</source>
        <translation>맞추는 데 쓰지 않은 이미지에서 보정 오차 {before} → {after}.</translation>
    </message>
    <message>
        <source>No image with a known class.</source>
        <translation>클래스를 아는 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>{said} sure on average, {found} right: so few images may differ as much by chance.</source>
        <translation>평균 확률 {said}, 정확도 {found}: 이미지가 적어 우연으로도 이만큼 다를 수 있습니다.</translation>
    </message>
    <message>
        <source>Too sure: {said} sure on average, {found} right.</source>
        <translation>과신: 평균 확률 {said}, 정확도 {found}.</translation>
    </message>
    <message>
        <source>Too unsure: {said} sure on average, {found} right.</source>
        <translation>과소 확신: 평균 확률 {said}, 정확도 {found}.</translation>
    </message>
    <message>
        <source>As sure as it is right: {said} sure on average, {found} right.</source>
        <translation>잘 보정됨: 평균 확률 {said}, 정확도 {found}.</translation>
    </message>
</context>
<context>
    <name>CameraDialog</name>
    <message>
        <source>Camera</source>
        <translation>카메라</translation>
    </message>
    <message>
        <source>Waiting for the camera…</source>
        <translation>카메라를 기다리는 중…</translation>
    </message>
    <message>
        <source>Hold to take pictures</source>
        <translation>누르고 있는 동안 촬영</translation>
    </message>
    <message>
        <source>Pictures go into “{name}”.</source>
        <translation>사진은 “{name}”에 저장됩니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) taken</source>
        <translation>
            <numerusform>%Ln장 촬영함</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CasePicture</name>
    <message>
        <source>The four cases of transfer learning</source>
        <translation>전이 학습의 네 가지 경우</translation>
    </message>
</context>
<context>
    <name>CasePlane</name>
    <message>
        <source>Plane of number and similarity</source>
        <translation>이미지 수와 유사도의 평면</translation>
    </message>
    <message>
        <source>{images} images of each class, similarity {share}</source>
        <translation>클래스마다 이미지 {images}장, 유사도 {share}</translation>
    </message>
    <message>
        <source>← unlike the pretraining images</source>
        <translation>← 사전 학습 이미지와 다름</translation>
    </message>
    <message>
        <source>like them →</source>
        <translation>비슷함 →</translation>
    </message>
    <message>
        <source>← few images</source>
        <translation>← 적음</translation>
    </message>
    <message>
        <source>many images →</source>
        <translation>많음 →</translation>
    </message>
    <message>
        <source>as many as in {name}</source>
        <translation>{name}의 이미지 수</translation>
    </message>
</context>
<context>
    <name>CasesLesson</name>
    <message>
        <source>The network is being read…</source>
        <translation>네트워크를 읽는 중…</translation>
    </message>
    <message>
        <source>{images} images in {classes} classes</source>
        <translation>클래스 {classes}개, 이미지 {images}장</translation>
    </message>
    <message>
        <source>similarity {share}</source>
        <translation>유사도 {share}</translation>
    </message>
    <message>
        <source>of {total} parameters train</source>
        <translation>/ 전체 파라미터 {total}개 학습</translation>
    </message>
</context>
<context>
    <name>CatalogDialog</name>
    <message>
        <source>Download a dataset</source>
        <translation>데이터셋 다운로드</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Each comes from its makers&apos; own server, only when you ask for it, and stays on this machine until you remove it. Check the licence before you publish.</source>
        <translation>요청할 때에만 만든 사람들의 서버에서 다운로드하며, 제거할 때까지 이 컴퓨터에 남습니다. 결과를 공개하기 전에 라이선스를 확인하세요.</translation>
    </message>
</context>
<context>
    <name>CatalogRow</name>
    <message>
        <source>About it</source>
        <translation>소개</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>다운로드</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>What has come is kept for the next time</source>
        <translation>지금까지 받은 것은 다음을 위해 남습니다</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>열기</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>제거…</translation>
    </message>
</context>
<context>
    <name>CatalogState</name>
    <message>
        <source>{name} is here.</source>
        <translation>{name}이(가) 준비되었습니다.</translation>
    </message>
</context>
<context>
    <name>Chart</name>
    <message>
        <source>Show everything (0)</source>
        <translation>전체 보기 (0)</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>전체 보기</translation>
    </message>
</context>
<context>
    <name>ChartExport</name>
    <message>
        <source>Save as a picture (PNG)…</source>
        <translation>그림으로 저장(PNG)…</translation>
    </message>
    <message>
        <source>Save as a drawing (SVG)…</source>
        <translation>벡터 그림으로 저장(SVG)…</translation>
    </message>
    <message>
        <source>Save the numbers (CSV)…</source>
        <translation>수치 저장(CSV)…</translation>
    </message>
    <message>
        <source>Save the chart</source>
        <translation>차트 저장</translation>
    </message>
    <message>
        <source>Save the numbers</source>
        <translation>수치 저장</translation>
    </message>
</context>
<context>
    <name>ChooseView</name>
    <message>
        <source>The model can&apos;t be changed while training.</source>
        <translation>학습하는 동안에는 모델을 바꿀 수 없습니다.</translation>
    </message>
    <message>
        <source>The model library could not be loaded</source>
        <translation>모델 라이브러리를 불러오지 못했습니다</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
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
    <name>ClassTable</name>
    <message>
        <source>Accuracy of each class</source>
        <translation>클래스별 정확도</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>클래스</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>재현율</translation>
    </message>
    <message>
        <source>Of the images of this class, the share that was recognised.</source>
        <translation>이 클래스의 이미지 중 맞힌 비율입니다.</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>정밀도</translation>
    </message>
    <message>
        <source>Of the images that were taken for this class, the share that is of it.</source>
        <translation>이 클래스로 예측한 이미지 중 실제로 이 클래스인 비율입니다.</translation>
    </message>
    <message>
        <source>F1</source>
        <translation>F1</translation>
    </message>
    <message>
        <source>The harmonic mean of precision and recall.</source>
        <translation>정밀도와 재현율의 조화 평균입니다.</translation>
    </message>
    <message>
        <source>n</source>
        <translation>n</translation>
    </message>
    <message>
        <source>Images of this class.</source>
        <translation>이 클래스의 이미지 수입니다.</translation>
    </message>
    <message>
        <source>{name}: {right} of {total}</source>
        <translation>{name}: {total}장 중 {right}장 맞음</translation>
    </message>
</context>
<context>
    <name>ClassTree</name>
    <message>
        <source>Classes</source>
        <translation>클래스</translation>
    </message>
    <message>
        <source>Not sorted yet</source>
        <translation>아직 분류하지 않음</translation>
    </message>
</context>
<context>
    <name>ClassesSide</name>
    <message>
        <source>Split</source>
        <translation>분할</translation>
    </message>
    <message>
        <source>Split anew instead</source>
        <translation>새로 분할</translation>
    </message>
    <message>
        <source>Throw training and validation images together and let the studio split them; test images stay what they are</source>
        <translation>학습 이미지와 검증 이미지를 합쳐 TLStudio가 다시 나눕니다. 테스트 이미지는 그대로 둡니다</translation>
    </message>
    <message>
        <source>As the dataset says</source>
        <translation>데이터셋의 분할대로</translation>
    </message>
    <message>
        <source>The dataset itself says the split.</source>
        <translation>데이터셋에 정해진 대로 분할합니다.</translation>
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
    <name>CodeDialog</name>
    <message>
        <source>PyTorch code</source>
        <translation>PyTorch 코드</translation>
    </message>
    <message>
        <source>The run as PyTorch code</source>
        <translation>PyTorch 코드로 본 학습</translation>
    </message>
    <message>
        <source>Form of the code</source>
        <translation>코드 형식</translation>
    </message>
    <message>
        <source>Script</source>
        <translation>스크립트</translation>
    </message>
    <message>
        <source>Notebook</source>
        <translation>노트북</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>저장…</translation>
    </message>
    <message>
        <source>It needs</source>
        <translation>필요한 패키지</translation>
    </message>
    <message>
        <source>Code of the run</source>
        <translation>학습 코드</translation>
    </message>
    <message>
        <source>Go to the data</source>
        <translation>데이터로 이동</translation>
    </message>
    <message>
        <source>No dataset is open</source>
        <translation>열린 데이터셋이 없습니다</translation>
    </message>
    <message>
        <source>The code of a run names its images: open a folder of them first.</source>
        <translation>학습 코드에는 이미지 경로가 들어갑니다. 먼저 이미지 폴더를 여세요.</translation>
    </message>
    <message>
        <source>These settings do not make a run</source>
        <translation>이 설정으로는 학습할 수 없습니다</translation>
    </message>
    <message>
        <source>Writing the code…</source>
        <translation>코드 작성 중…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>There is no code yet</source>
        <translation>아직 코드가 없습니다</translation>
    </message>
    <message>
        <source>The pretrained weights come with the package {package}.</source>
        <translation>사전 학습 가중치는 {package} 패키지에 들어 있습니다.</translation>
    </message>
    <message>
        <source>The first run downloads the pretrained weights.</source>
        <translation>처음 실행할 때 사전 학습 가중치를 다운로드합니다.</translation>
    </message>
    <message>
        <source>The studio computes in bfloat16 here and the code in float32, so the numbers of a run are alike, not equal.</source>
        <translation>이 컴퓨터에서 TLStudio는 bfloat16으로, 코드는 float32로 계산하므로 결과 수치가 비슷하지만 똑같지는 않습니다.</translation>
    </message>
    <message>
        <source>On a CPU it gives the same numbers as the run in the studio.</source>
        <translation>CPU에서는 TLStudio의 학습과 같은 수치가 나옵니다.</translation>
    </message>
    <message>
        <source>{count} lines</source>
        <translation>{count}줄</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>복사됨</translation>
    </message>
    <message>
        <source>Save the code</source>
        <translation>코드 저장</translation>
    </message>
</context>
<context>
    <name>ColourCard</name>
    <message>
        <source>Of the training images. Pretrained weights want the values that they were trained with, which TLStudio uses; take these for training from scratch elsewhere.</source>
        <translation>학습 이미지의 값입니다. 사전 학습 가중치에는 학습할 때 쓴 값이 필요하며 TLStudio는 그 값을 사용합니다. 다른 곳에서 처음부터 학습할 때 이 값을 쓰세요.</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
    <message>
        <source>Copy mean and standard deviation as code</source>
        <translation>평균과 표준편차를 코드로 복사</translation>
    </message>
    <message>
        <source>Colours: mean ± standard deviation</source>
        <translation>색상: 평균 ± 표준편차</translation>
    </message>
    <message>
        <source>red</source>
        <translation>빨강</translation>
    </message>
    <message>
        <source>green</source>
        <translation>초록</translation>
    </message>
    <message>
        <source>blue</source>
        <translation>파랑</translation>
    </message>
</context>
<context>
    <name>ColumnsSheet</name>
    <message>
        <source>Columns of the table</source>
        <translation>표의 열</translation>
    </message>
    <message>
        <source>none</source>
        <translation>없음</translation>
    </message>
    <message>
        <source>a column for each class</source>
        <translation>클래스마다 열 하나</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>이미지</translation>
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
        <source>Group</source>
        <translation>그룹</translation>
    </message>
    <message>
        <source>Images of one group stay in one split.</source>
        <translation>한 그룹의 이미지는 한 분할에만 들어갑니다.</translation>
    </message>
    <message>
        <source>Read it so</source>
        <translation>이렇게 읽기</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Remembered for this table.</source>
        <translation>이 표에 대해 기억합니다.</translation>
    </message>
    <message>
        <source>What the columns of “{name}” mean</source>
        <translation>“{name}”에서 각 열의 뜻</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>Open a folder of images</source>
        <translation>이미지 폴더 열기</translation>
    </message>
    <message>
        <source>Open an archive, a table or a packed dataset</source>
        <translation>압축 파일, 표 또는 묶음 데이터셋 열기</translation>
    </message>
    <message>
        <source>Export manifest</source>
        <translation>매니페스트 내보내기</translation>
    </message>
    <message>
        <source>Import manifest or split</source>
        <translation>매니페스트 또는 분할 가져오기</translation>
    </message>
    <message>
        <source>Save split</source>
        <translation>분할 저장</translation>
    </message>
    <message>
        <source>Save weights</source>
        <translation>가중치 저장</translation>
    </message>
    <message>
        <source>last epoch</source>
        <translation>마지막 에포크</translation>
    </message>
    <message>
        <source>whole model</source>
        <translation>전체 모델</translation>
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
        <source>Open a class pack</source>
        <translation>수업 팩 열기</translation>
    </message>
    <message>
        <source>{name} report</source>
        <translation>{name} 보고서</translation>
    </message>
    <message>
        <source>Write a report</source>
        <translation>보고서 저장</translation>
    </message>
    <message>
        <source>Try images</source>
        <translation>이미지 예측해 보기</translation>
    </message>
</context>
<context>
    <name>CompareTable</name>
    <message>
        <source>Networks to compare</source>
        <translation>비교할 네트워크</translation>
    </message>
</context>
<context>
    <name>CompareTableModel</name>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>가중치</translation>
    </message>
    <message>
        <source>Top-1</source>
        <translation>Top-1</translation>
    </message>
    <message>
        <source>GFLOPs</source>
        <translation>GFLOPs</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>파라미터</translation>
    </message>
    <message>
        <source>Input px</source>
        <translation>입력(px)</translation>
    </message>
    <message>
        <source>%/M</source>
        <translation>%/M</translation>
    </message>
    <message>
        <source>Inference img/s</source>
        <translation>추론 장/초</translation>
    </message>
    <message>
        <source>Training img/s</source>
        <translation>학습 장/초</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>메모리</translation>
    </message>
    <message>
        <source>The network and its family</source>
        <translation>네트워크와 그 계열</translation>
    </message>
    <message>
        <source>The name of its pretrained weights; some networks have several</source>
        <translation>사전 학습 가중치의 이름. 여러 개인 네트워크도 있습니다</translation>
    </message>
    <message>
        <source>Accuracy on ImageNet-1k, as its library states it</source>
        <translation>라이브러리가 밝힌 ImageNet-1k 정확도</translation>
    </message>
    <message>
        <source>Top-5</source>
        <translation>Top-5</translation>
    </message>
    <message>
        <source>How often the class is among the five likeliest</source>
        <translation>정답 클래스가 확률이 가장 높은 다섯 개 안에 드는 비율</translation>
    </message>
    <message>
        <source>Billions of multiply-adds for one image: how slow it is</source>
        <translation>이미지 한 장에 드는 곱셈-덧셈 횟수(10억 단위). 클수록 느립니다.</translation>
    </message>
    <message>
        <source>Values that can be learned: size in memory and on disk</source>
        <translation>학습할 수 있는 값의 수. 메모리와 디스크에서 차지하는 크기를 정합니다.</translation>
    </message>
    <message>
        <source>Side of the square image that it sees</source>
        <translation>네트워크에 들어가는 정사각형 이미지의 한 변 길이</translation>
    </message>
    <message>
        <source>Accuracy density: points of top-1 for each million parameters</source>
        <translation>정확도 밀도: 파라미터 백만 개당 top-1 퍼센트포인트</translation>
    </message>
    <message>
        <source>Measured on this machine: images per second, forward only</source>
        <translation>이 컴퓨터에서 측정: 순전파만 할 때 초당 이미지 수</translation>
    </message>
    <message>
        <source>Measured on this machine: images per second, all layers training</source>
        <translation>이 컴퓨터에서 측정: 모든 레이어를 학습할 때 초당 이미지 수</translation>
    </message>
    <message>
        <source>Measured on this machine: the peak of one training step</source>
        <translation>이 컴퓨터에서 측정: 학습 스텝 하나의 최대 메모리</translation>
    </message>
    <message>
        <source>As timm has published it, tested with images of {side} px.</source>
        <translation>timm이 발표한 값이며 {side} px 이미지로 평가했습니다.</translation>
    </message>
    <message>
        <source>Measured on {date}: {device}, {precision}, {batch} images at once.</source>
        <translation>{date} 측정: {device}, {precision}, 한 번에 이미지 {batch}장.</translation>
    </message>
    <message>
        <source>By how much the studio grew, weights and optimizer included.</source>
        <translation>가중치와 옵티마이저를 포함해 TLStudio의 메모리가 늘어난 양입니다.</translation>
    </message>
    <message>
        <source>As torch allocated it on the card, weights included.</source>
        <translation>가중치를 포함해 torch가 그래픽 카드에 할당한 양입니다.</translation>
    </message>
    <message>
        <source>The machine was busy with other things: measure again.</source>
        <translation>컴퓨터가 다른 일로 바빴습니다. 다시 측정하세요.</translation>
    </message>
</context>
<context>
    <name>CompareView</name>
    <message>
        <source>GFLOPs</source>
        <translation>GFLOPs</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>파라미터</translation>
    </message>
    <message>
        <source>ms per image</source>
        <translation>이미지당 ms</translation>
    </message>
    <message>
        <source>Billions of multiply-adds for one image (GFLOPs), logarithmic</source>
        <translation>이미지 한 장의 곱셈-덧셈 수, 십억(GFLOPs), 로그 눈금</translation>
    </message>
    <message>
        <source>Millions of parameters, logarithmic</source>
        <translation>파라미터 수, 백만, 로그 눈금</translation>
    </message>
    <message>
        <source>Milliseconds for one image on this machine, logarithmic</source>
        <translation>이 컴퓨터에서 이미지 한 장에 걸리는 밀리초, 로그 눈금</translation>
    </message>
    <message>
        <source>ImageNet top-1</source>
        <translation>ImageNet top-1</translation>
    </message>
    <message>
        <source>Top-1</source>
        <translation>Top-1</translation>
    </message>
    <message>
        <source>Top-5</source>
        <translation>Top-5</translation>
    </message>
    <message>
        <source>ImageNet top-5</source>
        <translation>ImageNet top-5</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>입력</translation>
    </message>
    <message>
        <source>{side} px</source>
        <translation>{side}픽셀</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>가중치</translation>
    </message>
    <message>
        <source>Tested with</source>
        <translation>평가 이미지 크기</translation>
    </message>
    <message>
        <source>Inference here</source>
        <translation>이 컴퓨터의 추론</translation>
    </message>
    <message>
        <source>{rate} img/s</source>
        <translation>초당 {rate}장</translation>
    </message>
    <message>
        <source>Training here</source>
        <translation>이 컴퓨터의 학습</translation>
    </message>
    <message>
        <source>Training memory</source>
        <translation>학습 메모리</translation>
    </message>
    <message>
        <source>Search models</source>
        <translation>모델 검색</translation>
    </message>
    <message>
        <source>On this machine</source>
        <translation>이 컴퓨터에 있음</translation>
    </message>
    <message>
        <source>Only weights that need no download</source>
        <translation>다운로드할 필요가 없는 가중치만</translation>
    </message>
    <message>
        <source>Compare accuracy with</source>
        <translation>정확도와 비교할 값</translation>
    </message>
    <message>
        <source>What counts</source>
        <translation>비교할 정확도</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>전체 보기</translation>
    </message>
    <message>
        <source>Undo zooming and panning (0 or double click)</source>
        <translation>확대와 이동을 되돌립니다(0 또는 두 번 클릭)</translation>
    </message>
    <message>
        <source>Families</source>
        <translation>계열</translation>
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
        <source>timm&apos;s published results</source>
        <translation>timm이 발표한 결과</translation>
    </message>
    <message>
        <source>Accuracies of timm&apos;s weights, from results-imagenet.csv of its repository</source>
        <translation>timm 저장소의 results-imagenet.csv에 있는 timm 가중치의 정확도</translation>
    </message>
    <message>
        <source>Open timm&apos;s results…</source>
        <translation>timm 결과 열기…</translation>
    </message>
    <message>
        <source>Without timm&apos;s results</source>
        <translation>timm 결과 없이</translation>
    </message>
    <message>
        <source>Open timm&apos;s results</source>
        <translation>timm 결과 열기</translation>
    </message>
    <message>
        <source>Mark networks in the table and measure them: they will appear here.</source>
        <translation>표에서 네트워크를 골라 측정하면 여기에 나타납니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n set(s) of weights</source>
        <translation>
            <numerusform>가중치 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>The model can&apos;t be changed while training.</source>
        <translation>학습하는 동안에는 모델을 바꿀 수 없습니다.</translation>
    </message>
    <message>
        <source>{n} not measured yet</source>
        <translation>아직 측정하지 않은 것 {n}개</translation>
    </message>
    <message>
        <source>{n} as timm has published them</source>
        <translation>timm이 발표한 {n}개</translation>
    </message>
    <message>
        <source>{n} left out, whose library states no accuracy</source>
        <translation>라이브러리가 정확도를 밝히지 않은 {n}개 제외</translation>
    </message>
</context>
<context>
    <name>ComparisonImages</name>
    <message>
        <source>Which images</source>
        <translation>어떤 이미지</translation>
    </message>
    <message>
        <source>From the run that is compared with, to</source>
        <translation>기준 실행에서 다음 실행으로</translation>
    </message>
    <message>
        <source>in</source>
        <translation>대상</translation>
    </message>
    <message>
        <source>Images of the comparison</source>
        <translation>비교 이미지</translation>
    </message>
    <message>
        <source>All</source>
        <translation>전체</translation>
    </message>
    <message>
        <source>No such image.</source>
        <translation>그런 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>What these runs said of each validation image is not kept.</source>
        <translation>이 실행들의 이미지별 예측이 남아 있지 않습니다.</translation>
    </message>
    <message>
        <source>Wrong in “{first}”, right in “{second}”.</source>
        <translation>“{first}”에서 틀리고 “{second}”에서 맞힌 이미지입니다.</translation>
    </message>
    <message>
        <source>Right in “{first}”, wrong in “{second}”.</source>
        <translation>“{first}”에서 맞히고 “{second}”에서 틀린 이미지입니다.</translation>
    </message>
    <message>
        <source>Wrong in every run. Where all say the same and are sure of it, the label is likely to be wrong: those come first.</source>
        <translation>모든 실행이 틀린 이미지입니다. 모두 같은 답을 확신하면 레이블이 잘못되었을 수 있습니다. 그런 이미지부터 보여 줍니다.</translation>
    </message>
    <message>
        <source>Right in every run.</source>
        <translation>모든 실행이 맞힌 이미지입니다.</translation>
    </message>
    <message>
        <source>{right} of {runs} right</source>
        <translation>{runs}개 중 {right}개 맞힘</translation>
    </message>
</context>
<context>
    <name>ComparisonList</name>
    <message>
        <source>Compared with</source>
        <translation>비교 기준</translation>
    </message>
    <message>
        <source>Best epoch, with its 95% interval</source>
        <translation>최고 에포크와 95% 구간</translation>
    </message>
    <message>
        <source>Chosen on these same images, which flatters every run alike</source>
        <translation>바로 이 이미지로 고른 에포크라 모든 실행이 똑같이 실제보다 좋게 보입니다</translation>
    </message>
    <message>
        <source>the others are compared with this one</source>
        <translation>나머지를 이 실행과 비교합니다</translation>
    </message>
    <message>
        <source>better: {words}</source>
        <translation>더 좋음: {words}</translation>
    </message>
    <message>
        <source>worse: {words}</source>
        <translation>더 나쁨: {words}</translation>
    </message>
    <message numerus="yes">
        <source>not clear among %n comparison(s): {words}</source>
        <translation>
            <numerusform>비교 %Ln번 중이라 불확실: {words}</numerusform>
        </translation>
    </message>
    <message>
        <source>within chance: {words}</source>
        <translation>우연의 범위: {words}</translation>
    </message>
</context>
<context>
    <name>ComparisonTables</name>
    <message>
        <source>Setting</source>
        <translation>설정</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>클래스</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>이미지 수</translation>
    </message>
    <message>
        <source>Right of this class, with the 95% interval</source>
        <translation>이 클래스에서 맞힌 수와 95% 구간</translation>
    </message>
</context>
<context>
    <name>ComparisonView</name>
    <message>
        <source>Reading the runs…</source>
        <translation>실행을 읽는 중…</translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) compared</source>
        <translation>
            <numerusform>실행 %Ln개 비교</numerusform>
        </translation>
    </message>
    <message>
        <source>All runs</source>
        <translation>모든 실행</translation>
    </message>
    <message>
        <source>What is compared</source>
        <translation>비교할 내용</translation>
    </message>
    <message>
        <source>Settings that differ</source>
        <translation>서로 다른 설정</translation>
    </message>
    <message>
        <source>Classes, one by one</source>
        <translation>클래스별</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>곡선</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>클래스</translation>
    </message>
    <message>
        <source>Image by image</source>
        <translation>이미지별</translation>
    </message>
    <message>
        <source>These runs cannot be compared</source>
        <translation>이 실행들을 비교할 수 없습니다</translation>
    </message>
</context>
<context>
    <name>ConfusionView</name>
    <message>
        <source>Confusion matrix</source>
        <translation>혼동 행렬</translation>
    </message>
    <message>
        <source>{count} of {total} {true} were recognised.</source>
        <translation>{true} {total}장 중 {count}장을 맞혔습니다.</translation>
    </message>
    <message>
        <source>{count} of {total} {true} were taken for {said}.</source>
        <translation>{true} {total}장 중 {count}장을 {said}(으)로 예측했습니다.</translation>
    </message>
    <message>
        <source>Row {true}, column {said}</source>
        <translation>행 {true}, 열 {said}</translation>
    </message>
</context>
<context>
    <name>ConnectionTable</name>
    <message>
        <source>Table of connections</source>
        <translation>연결표</translation>
    </message>
    <message>
        <source>A column for each map of this layer, a row for each map before it: a mark says that the one sees the other.</source>
        <translation>열은 이 레이어의 특징 맵, 행은 앞 레이어의 특징 맵입니다. 칠해진 칸은 이 맵이 앞의 맵을 본다는 뜻입니다.</translation>
    </message>
    <message>
        <source>{count} of {all} pairs of maps are connected</source>
        <translation>특징 맵 {all}쌍 중 {count}쌍 연결</translation>
    </message>
    <message>
        <source>{map} sees {other}</source>
        <translation>{map}이(가) {other}을(를) 봅니다</translation>
    </message>
    <message>
        <source>{map} does not see {other}</source>
        <translation>{map}이(가) {other}을(를) 보지 않습니다</translation>
    </message>
</context>
<context>
    <name>Contents</name>
    <message>
        <source>Contents of the help</source>
        <translation>도움말 목차</translation>
    </message>
    <message>
        <source>Glossary</source>
        <translation>용어집</translation>
    </message>
    <message>
        <source>Guide</source>
        <translation>설명서</translation>
    </message>
    <message>
        <source>Marks</source>
        <translation>표시</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>배우기</translation>
    </message>
</context>
<context>
    <name>ConvolutionLesson</name>
    <message>
        <source>Blur</source>
        <translation>흐리게</translation>
    </message>
    <message>
        <source>Vertical edges</source>
        <translation>세로 윤곽</translation>
    </message>
    <message>
        <source>Horizontal edges</source>
        <translation>가로 윤곽</translation>
    </message>
    <message>
        <source>Sharpen</source>
        <translation>선명하게</translation>
    </message>
    <message>
        <source>Learnt</source>
        <translation>학습된 커널</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>커널</translation>
    </message>
    <message>
        <source>Which of {count}</source>
        <translation>{count}개 중 몇 번째</translation>
    </message>
    <message>
        <source>Photo with the kernel on it</source>
        <translation>커널이 놓인 사진</translation>
    </message>
    <message>
        <source>Pixels below the kernel</source>
        <translation>커널 아래의 픽셀</translation>
    </message>
    <message>
        <source>Weights of the kernel</source>
        <translation>커널의 가중치</translation>
    </message>
    <message>
        <source>Products</source>
        <translation>곱</translation>
    </message>
    <message>
        <source>Feature map</source>
        <translation>특징 맵</translation>
    </message>
    <message>
        <source>Walk</source>
        <translation>움직이기</translation>
    </message>
    <message>
        <source>Feature map: black {low}, white {high}</source>
        <translation>특징 맵: 검정 {low}, 하양 {high}</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>사진</translation>
    </message>
    <message>
        <source>× weights of the kernel</source>
        <translation>× 커널의 가중치</translation>
    </message>
    <message>
        <source>= products</source>
        <translation>= 곱</translation>
    </message>
    <message>
        <source>sum of {times} products</source>
        <translation>곱 {times}개의 합</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
</context>
<context>
    <name>ConvolutionsPicture</name>
    <message>
        <source>Ordinary and depthwise separable convolution</source>
        <translation>일반 합성곱과 깊이별 분리 합성곱</translation>
    </message>
    <message>
        <source>ordinary {ordinary}, separable {separable} multiply-adds</source>
        <translation>곱셈-덧셈: 일반 {ordinary}, 분리 {separable}</translation>
    </message>
    <message>
        <source>Ordinary convolution</source>
        <translation>일반 합성곱</translation>
    </message>
    <message>
        <source>{count} kernels of {kernel}</source>
        <translation>{kernel} 커널 {count}개</translation>
    </message>
    <message>
        <source>Depthwise separable</source>
        <translation>깊이별 분리 합성곱</translation>
    </message>
    <message>
        <source>filters</source>
        <translation>필터링</translation>
    </message>
    <message>
        <source>mixes</source>
        <translation>채널 결합</translation>
    </message>
    <message>
        <source>multiply-adds</source>
        <translation>곱셈-덧셈</translation>
    </message>
</context>
<context>
    <name>CopyDialog</name>
    <message>
        <source>Write a clean copy</source>
        <translation>정리된 사본 쓰기</translation>
    </message>
    <message>
        <source>Folder of the copy</source>
        <translation>사본 폴더</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>선택…</translation>
    </message>
    <message>
        <source>Folders for train, validation and test</source>
        <translation>학습, 검증, 테스트별 폴더</translation>
    </message>
    <message>
        <source>Hard links in place of copies</source>
        <translation>복사 대신 하드 링크</translation>
    </message>
    <message>
        <source>They take no room; whoever changes such a file changes the original.</source>
        <translation>공간을 차지하지 않지만, 파일을 바꾸면 원본도 바뀝니다.</translation>
    </message>
    <message>
        <source>Writing images</source>
        <translation>이미지 쓰는 중</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
    <message>
        <source>Open the copy</source>
        <translation>사본 열기</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>쓰기</translation>
    </message>
    <message>
        <source>{name} clean</source>
        <translation>{name} 정리본</translation>
    </message>
    <message>
        <source>No dataset is open.</source>
        <translation>열린 데이터셋이 없습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>이미지 %Ln장</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n left out</source>
        <translation>
            <numerusform>%Ln장 제외</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n moved to another class</source>
        <translation>
            <numerusform>%Ln장 다른 클래스로 이동</numerusform>
        </translation>
    </message>
    <message>
        <source>As they are used now; your own files stay as they are.</source>
        <translation>지금 사용하는 상태 그대로 쓰며 원본 파일은 바뀌지 않습니다.</translation>
    </message>
    <message>
        <source>{count} images were written to “{folder}”.</source>
        <translation>이미지 {count}장을 “{folder}”에 썼습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read.</source>
        <translation>
            <numerusform>%Ln장은 읽지 못했습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Where the folder of the copy goes</source>
        <translation>사본 폴더를 만들 위치</translation>
    </message>
</context>
<context>
    <name>CurvesSide</name>
    <message>
        <source>Class</source>
        <translation>클래스</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>재현율</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>정밀도</translation>
    </message>
    <message>
        <source>ROC</source>
        <translation>ROC</translation>
    </message>
    <message>
        <source>False alarms</source>
        <translation>위양성률</translation>
    </message>
    <message>
        <source>Precision over recall</source>
        <translation>재현율에 따른 정밀도</translation>
    </message>
    <message>
        <source>ROC-AUC {auc}, average precision {precision}, against all other classes</source>
        <translation>나머지 클래스 대비 ROC-AUC {auc}, 평균 정밀도 {precision}</translation>
    </message>
</context>
<context>
    <name>DataPage</name>
    <message>
        <source>Open a folder of images</source>
        <translation>이미지 폴더 열기</translation>
    </message>
    <message>
        <source>Open an archive, a table or a packed dataset</source>
        <translation>압축 파일, 표 또는 묶음 데이터셋 열기</translation>
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
        <source>Findings</source>
        <translation>점검 결과</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>지도</translation>
    </message>
    <message>
        <source>Statistics</source>
        <translation>통계</translation>
    </message>
    <message>
        <source>More images?</source>
        <translation>이미지가 더 필요할까요?</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>제외됨</translation>
    </message>
</context>
<context>
    <name>DatasetFeaturesState</name>
    <message>
        <source>The images are compared when what is running now is over.</source>
        <translation>지금 실행 중인 작업이 끝나면 이미지를 비교합니다.</translation>
    </message>
    <message>
        <source>The images are being compared…</source>
        <translation>이미지를 비교하는 중…</translation>
    </message>
    <message>
        <source>The images are being compared: {done} of {total}</source>
        <translation>이미지를 비교하는 중: {total}장 중 {done}장</translation>
    </message>
</context>
<context>
    <name>DatasetState</name>
    <message numerus="yes">
        <source>%n change(s) to the dataset</source>
        <translation>
            <numerusform>데이터셋 변경 %Ln건</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) of the file are not in this dataset.</source>
        <translation>
            <numerusform>파일의 이미지 %Ln장이 이 데이터셋에 없습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Open “{name}” instead</source>
        <translation>대신 “{name}” 열기</translation>
    </message>
    <message>
        <source>The folder changed; the dataset was read again.</source>
        <translation>폴더 내용이 바뀌어 데이터셋을 다시 읽었습니다.</translation>
    </message>
</context>
<context>
    <name>DegradationLesson</name>
    <message>
        <source>Layers</source>
        <translation>레이어</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>에포크</translation>
    </message>
    <message>
        <source>Layers, against the shallowest</source>
        <translation>층 수 (가장 얕은 것과 비교)</translation>
    </message>
    <message numerus="yes">
        <source>Your race of {date} on {dataset}: {images} images, %n seed(s).</source>
        <translation>
            <numerusform>{date}에 {dataset}(으)로 직접 한 비교 실험: 이미지 {images}장, 시드 %Ln개.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Measured for this studio on {dataset} in grey, 16 px wide: {images} images, %n seed(s). Your own race takes its place.</source>
        <translation>
            <numerusform>TLStudio를 위해 회색조 {dataset}(너비 16 px)에서 미리 잰 값: 이미지 {images}장, 시드 %Ln개. 직접 비교 실험을 하면 그 결과가 대신 나옵니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Plain</source>
        <translation>플레인</translation>
    </message>
    <message>
        <source>Residual</source>
        <translation>잔차</translation>
    </message>
    <message>
        <source>Training error:</source>
        <translation>학습 오류:</translation>
    </message>
    <message>
        <source>{n} points</source>
        <translation>{n}%p</translation>
    </message>
</context>
<context>
    <name>DenseLesson</name>
    <message>
        <source>Growth rate k</source>
        <translation>성장률 k</translation>
    </message>
    <message>
        <source>Layers L</source>
        <translation>레이어 수 L</translation>
    </message>
    <message>
        <source>maps out:</source>
        <translation>출력 맵 수:</translation>
    </message>
    <message>
        <source>connections:</source>
        <translation>연결:</translation>
    </message>
    <message>
        <source>parameters:</source>
        <translation>파라미터:</translation>
    </message>
</context>
<context>
    <name>DepthChart</name>
    <message>
        <source>What the network knows at each depth</source>
        <translation>깊이별 특징의 분류 성능</translation>
    </message>
</context>
<context>
    <name>DepthStrip</name>
    <message>
        <source>From the image to the head</source>
        <translation>이미지에서 헤드까지</translation>
    </message>
</context>
<context>
    <name>DepthsView</name>
    <message>
        <source>Train from here</source>
        <translation>여기부터 학습</translation>
    </message>
    <message>
        <source>This layer and all that run after it train; all before it is frozen.</source>
        <translation>이 레이어와 그 뒤의 레이어를 모두 학습하고, 앞의 레이어는 모두 고정합니다.</translation>
    </message>
    <message>
        <source>Where the curve still climbs, the network&apos;s layers suit your images; where it falls or stays flat, training them can help.</source>
        <translation>곡선이 계속 오르는 곳에서는 레이어가 이미지에 잘 맞습니다. 내려가거나 평평한 곳은 학습하면 나아질 수 있습니다.</translation>
    </message>
    <message>
        <source>Probe accuracy</source>
        <translation>프로브 정확도</translation>
    </message>
    <message>
        <source>linear probe, 95% interval</source>
        <translation>선형 프로브, 95% 구간</translation>
    </message>
    <message>
        <source>nearest neighbours</source>
        <translation>최근접 이웃</translation>
    </message>
    <message>
        <source>Gradient/weight</source>
        <translation>기울기/가중치</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>파라미터</translation>
    </message>
    <message>
        <source>trains</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>guessing</source>
        <translation>무작위 추측</translation>
    </message>
    <message>
        <source>what goes into the head</source>
        <translation>헤드 입력 특징</translation>
    </message>
    <message>
        <source>There are too few images for probes.</source>
        <translation>프로브를 학습하기에는 이미지가 너무 적습니다.</translation>
    </message>
    <message>
        <source>image</source>
        <translation>이미지</translation>
    </message>
    <message>
        <source>probe {accuracy}</source>
        <translation>프로브 {accuracy}</translation>
    </message>
    <message>
        <source>neighbours {accuracy}</source>
        <translation>이웃 {accuracy}</translation>
    </message>
    <message>
        <source>gradient / weight {ratio}</source>
        <translation>기울기/가중치 {ratio}</translation>
    </message>
    <message>
        <source>{count} parameters</source>
        <translation>파라미터 {count}개</translation>
    </message>
</context>
<context>
    <name>DepthwiseLesson</name>
    <message>
        <source>Kernel side Dk</source>
        <translation>커널 한 변 Dk</translation>
    </message>
    <message>
        <source>Maps in M</source>
        <translation>입력 맵 수 M</translation>
    </message>
    <message>
        <source>Maps out N</source>
        <translation>출력 맵 수 N</translation>
    </message>
    <message>
        <source>Map side Df</source>
        <translation>맵 한 변 Df</translation>
    </message>
    <message>
        <source>A layer of MobileNet</source>
        <translation>MobileNet의 한 레이어</translation>
    </message>
    <message>
        <source>Counted on torch&apos;s layers: the formulas give the same.</source>
        <translation>torch 레이어로 센 값이 공식과 같습니다.</translation>
    </message>
    <message>
        <source>torch&apos;s layers cost something else.</source>
        <translation>torch 레이어로 센 값이 공식과 다릅니다.</translation>
    </message>
    <message>
        <source>{times}× fewer multiply-adds</source>
        <translation>곱셈-덧셈이 {times}배 적습니다</translation>
    </message>
    <message>
        <source>{times}× more multiply-adds</source>
        <translation>곱셈-덧셈이 {times}배 많습니다</translation>
    </message>
</context>
<context>
    <name>DiagnosticsDialog</name>
    <message>
        <source>Diagnostics</source>
        <translation>진단 정보</translation>
    </message>
    <message>
        <source>View</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Last lines of the log</source>
        <translation>로그의 마지막 줄</translation>
    </message>
    <message>
        <source>Last words of the window that crashed</source>
        <translation>비정상 종료된 창의 마지막 기록</translation>
    </message>
    <message>
        <source>Looking at this machine…</source>
        <translation>컴퓨터 정보를 확인하는 중…</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>저장…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>For whoever helps you. Nothing is sent anywhere; your home folder is written ~, and passwords in addresses are left out.</source>
        <translation>도움을 줄 사람에게 보여 줄 정보입니다. 어디에도 전송되지 않으며, 홈 폴더는 ~로 쓰고 주소 속 비밀번호는 뺍니다.</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>복사됨</translation>
    </message>
    <message>
        <source>Save the diagnostics</source>
        <translation>진단 정보 저장</translation>
    </message>
</context>
<context>
    <name>DownloadList</name>
    <message>
        <source>Downloads</source>
        <translation>다운로드</translation>
    </message>
</context>
<context>
    <name>DownloadRow</name>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>이어받기</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>처음부터</translation>
    </message>
    <message>
        <source>Throw away what has come and begin again</source>
        <translation>받은 것을 버리고 처음부터 다시 받습니다</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>삭제</translation>
    </message>
    <message>
        <source>Throw away what has come</source>
        <translation>받은 것을 버립니다</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
</context>
<context>
    <name>DownloadsState</name>
    <message>
        <source>The weights of {name} are here.</source>
        <translation>{name} 가중치가 준비되었습니다.</translation>
    </message>
</context>
<context>
    <name>ErrorChart</name>
    <message>
        <source>training</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>검증</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>오류</translation>
    </message>
    <message>
        <source>Training and validation error over the epochs</source>
        <translation>에포크에 따른 학습 오류와 검증 오류</translation>
    </message>
    <message>
        <source>Epoch {n}</source>
        <translation>에포크 {n}</translation>
    </message>
    <message>
        <source>{name}: training {train}, validation {val}</source>
        <translation>{name}: 학습 {train}, 검증 {val}</translation>
    </message>
    <message>
        <source>epoch {n}</source>
        <translation>에포크 {n}</translation>
    </message>
</context>
<context>
    <name>EvidenceTexts</name>
    <message>
        <source>Not measured for this dataset yet.</source>
        <translation>이 데이터셋으로는 아직 측정하지 않았습니다.</translation>
    </message>
    <message>
        <source>Looks at up to 1,000 training images with the pretrained network and tries at each stage how well the classes can be told apart there. Nothing is trained.</source>
        <translation>사전 학습된 네트워크로 학습 이미지를 최대 1,000장 보고, 스테이지마다 클래스를 얼마나 잘 구별할 수 있는지 시험합니다. 네트워크는 학습하지 않습니다.</translation>
    </message>
    <message>
        <source>It takes about as long as a few epochs of training.</source>
        <translation>학습 몇 에포크쯤 걸립니다.</translation>
    </message>
    <message>
        <source>Looking at images…</source>
        <translation>이미지를 보는 중…</translation>
    </message>
    <message>
        <source>Probing {stage}…</source>
        <translation>{stage} 시험 중…</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>약 {time} 남음</translation>
    </message>
</context>
<context>
    <name>ExcitationPicture</name>
    <message>
        <source>Means, factors and maps</source>
        <translation>평균, 계수, 맵</translation>
    </message>
    <message>
        <source>factors from {least} to {most}</source>
        <translation>계수 {least}~{most}</translation>
    </message>
    <message>
        <source>squeeze: {count} means</source>
        <translation>스퀴즈: 평균 {count}개</translation>
    </message>
    <message>
        <source>C/r = {count} numbers</source>
        <translation>C/r = 수 {count}개</translation>
    </message>
    <message>
        <source>excite: {count} factors</source>
        <translation>엑사이테이션: 계수 {count}개</translation>
    </message>
    <message>
        <source>map u</source>
        <translation>맵 u</translation>
    </message>
    <message>
        <source>s · u goes on</source>
        <translation>내보내는 s · u</translation>
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
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>내보내기</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>For others to fetch with one line, with a card that says what it can and cannot do.</source>
        <translation>다른 사람이 명령 한 줄로 받을 수 있고, 할 수 있는 것과 없는 것을 모델 카드가 알려 줍니다.</translation>
    </message>
    <message>
        <source>Hugging Face hub</source>
        <translation>Hugging Face 허브</translation>
    </message>
    <message>
        <source>A small page where photos are dropped, and JSON for programs, as long as the studio is open.</source>
        <translation>TLStudio가 열려 있는 동안 사진을 놓는 작은 웹 페이지와 프로그램용 JSON을 제공합니다.</translation>
    </message>
    <message>
        <source>Page on this computer</source>
        <translation>이 컴퓨터의 웹 페이지</translation>
    </message>
    <message>
        <source>Export “{name}”</source>
        <translation>“{name}” 내보내기</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>“{name}” was not exported.</source>
        <translation>“{name}”을(를) 내보내지 못했습니다.</translation>
    </message>
    <message>
        <source>“{name}” was exported: {file}</source>
        <translation>“{name}”을(를) 내보냈습니다: {file}</translation>
    </message>
    <message>
        <source>The export of “{name}” failed its comparison.</source>
        <translation>“{name}” 내보내기가 비교 검사를 통과하지 못했습니다.</translation>
    </message>
    <message>
        <source>8-bit integers</source>
        <translation>8비트 정수</translation>
    </message>
    <message>
        <source>A quarter of the size, quicker on phones and many processors, a little less exact. The receipt says how much.</source>
        <translation>크기가 4분의 1이 되고 휴대전화와 많은 프로세서에서 더 빠르지만 조금 덜 정확합니다. 얼마나 다른지는 검증 결과에 나옵니다.</translation>
    </message>
    <message>
        <source>Preprocessing inside</source>
        <translation>전처리 포함</translation>
    </message>
    <message>
        <source>It takes pixels of 0 to 255 as they are, already cropped; whoever uses it needs to know no mean and no deviation.</source>
        <translation>잘라 낸 0~255 픽셀을 그대로 받으므로, 쓰는 사람이 평균과 표준편차를 몰라도 됩니다.</translation>
    </message>
    <message>
        <source>Compared on</source>
        <translation>비교한 이미지</translation>
    </message>
    <message>
        <source>Same answer</source>
        <translation>같은 답</translation>
    </message>
    <message>
        <source>Same “none of these”</source>
        <translation>같은 “해당 없음”</translation>
    </message>
    <message>
        <source>{value} (at most {most} may be)</source>
        <translation>{value} (허용 한도 {most})</translation>
    </message>
    <message>
        <source>Largest difference of a probability</source>
        <translation>확률의 최대 차이</translation>
    </message>
    <message>
        <source>Largest difference of a distance</source>
        <translation>거리의 최대 차이</translation>
    </message>
    <message>
        <source>Accuracy of the original</source>
        <translation>원본의 정확도</translation>
    </message>
    <message>
        <source>Accuracy of the export</source>
        <translation>내보낸 파일의 정확도</translation>
    </message>
    <message>
        <source>Opened by</source>
        <translation>연 프로그램</translation>
    </message>
    <message>
        <source>{runtime}, in a process of its own</source>
        <translation>{runtime}, 별도의 프로세스에서</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>버전</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>프로세서</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>참고</translation>
    </message>
    <message>
        <source>{count} images of random pixels: the dataset is not at hand</source>
        <translation>무작위 픽셀 이미지 {count}장: 데이터셋이 없습니다</translation>
    </message>
    <message>
        <source>{count} validation images of {name}</source>
        <translation>{name}의 검증 이미지 {count}장</translation>
    </message>
    <message>
        <source>{part} of {whole}</source>
        <translation>{whole} 중 {part}</translation>
    </message>
    <message>
        <source>{value} ({low}–{high})</source>
        <translation>{value} ({low}–{high})</translation>
    </message>
</context>
<context>
    <name>FamilyNoteView</name>
    <message>
        <source>There is no note on this family yet.</source>
        <translation>이 계열에 대한 설명이 아직 없습니다.</translation>
    </message>
    <message>
        <source>When to use it</source>
        <translation>쓰임새</translation>
    </message>
    <message>
        <source>Paper</source>
        <translation>논문</translation>
    </message>
    <message>
        <source>Opens {url} in the browser</source>
        <translation>브라우저에서 {url} 열기</translation>
    </message>
</context>
<context>
    <name>FeaturesArea</name>
    <message>
        <source>Feature maps</source>
        <translation>특징 맵</translation>
    </message>
    <message>
        <source>This layer makes no maps</source>
        <translation>이 레이어에는 특징 맵이 없습니다</translation>
    </message>
    <message>
        <source>Its output has no place in the image any more.</source>
        <translation>출력에 이미지 안의 위치가 더 이상 남아 있지 않습니다.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Previous page</source>
        <translation>이전 페이지</translation>
    </message>
    <message>
        <source>Next page</source>
        <translation>다음 페이지</translation>
    </message>
    <message>
        <source>pretrained</source>
        <translation>사전 학습</translation>
    </message>
    <message>
        <source>trained</source>
        <translation>학습 후</translation>
    </message>
    <message>
        <source>Looking at the image…</source>
        <translation>이미지를 보는 중…</translation>
    </message>
    <message>
        <source>Show {layer}</source>
        <translation>{layer} 보기</translation>
    </message>
    <message>
        <source>{first}–{last} of {total}</source>
        <translation>{total}개 중 {first}–{last}</translation>
    </message>
    <message>
        <source>Training left this as it was.</source>
        <translation>학습해도 바뀌지 않았습니다.</translation>
    </message>
    <message>
        <source>{layer} · grey is zero</source>
        <translation>{layer} · 회색은 0</translation>
    </message>
    <message>
        <source>{share} of the channels are silent</source>
        <translation>채널의 {share}가 반응 없음</translation>
    </message>
</context>
<context>
    <name>FeaturesSide</name>
    <message>
        <source>The image as the network sees it</source>
        <translation>네트워크가 보는 이미지</translation>
    </message>
    <message>
        <source>Choose image…</source>
        <translation>이미지 선택…</translation>
    </message>
    <message>
        <source>Another one</source>
        <translation>다른 이미지</translation>
    </message>
    <message>
        <source>Any other image of the dataset (N)</source>
        <translation>데이터셋의 다른 이미지 (N)</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>가중치</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>색</translation>
    </message>
    <message>
        <source>Same scale for all</source>
        <translation>모두 같은 척도</translation>
    </message>
    <message>
        <source>Off: each map uses all colours, so that weak ones can be seen.</source>
        <translation>끄면 맵마다 모든 색을 써서 약한 반응도 보입니다.</translation>
    </message>
    <message>
        <source>Look at an image</source>
        <translation>이미지 보기</translation>
    </message>
    <message>
        <source>its least</source>
        <translation>최솟값</translation>
    </message>
    <message>
        <source>its greatest</source>
        <translation>최댓값</translation>
    </message>
    <message>
        <source>falls</source>
        <translation>감소</translation>
    </message>
    <message>
        <source>rises</source>
        <translation>증가</translation>
    </message>
    <message>
        <source>Trained here</source>
        <translation>여기서 학습함</translation>
    </message>
    <message>
        <source>From {name}</source>
        <translation>{name}에서</translation>
    </message>
    <message>
        <source>Pretrained</source>
        <translation>사전 학습</translation>
    </message>
    <message>
        <source>Before and after</source>
        <translation>학습 전과 후</translation>
    </message>
    <message>
        <source>What changed</source>
        <translation>바뀐 것</translation>
    </message>
    <message>
        <source>Left: pretrained. Right: trained.</source>
        <translation>왼쪽: 사전 학습, 오른쪽: 학습 후</translation>
    </message>
    <message>
        <source>Trained minus pretrained.</source>
        <translation>학습 후에서 사전 학습을 뺀 값</translation>
    </message>
    <message>
        <source>Random values: there are no pretrained weights of this model.</source>
        <translation>무작위 값: 이 모델에는 사전 학습 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>Random values: the pretrained weights are not on this machine yet.</source>
        <translation>무작위 값: 사전 학습 가중치가 아직 이 컴퓨터에 없습니다.</translation>
    </message>
    <message>
        <source>Downloading…</source>
        <translation>다운로드 중…</translation>
    </message>
    <message>
        <source>Download {size}</source>
        <translation>{size} 다운로드</translation>
    </message>
</context>
<context>
    <name>FeaturesView</name>
    <message>
        <source>What is shown</source>
        <translation>표시할 것</translation>
    </message>
    <message>
        <source>Maps</source>
        <translation>특징 맵</translation>
    </message>
    <message>
        <source>Filters</source>
        <translation>필터</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>레이어</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>순서</translation>
    </message>
    <message>
        <source>Choose image…</source>
        <translation>이미지 선택…</translation>
    </message>
    <message>
        <source>Sample image</source>
        <translation>샘플 이미지</translation>
    </message>
    <message>
        <source>Look through the network</source>
        <translation>네트워크의 눈으로 보기</translation>
    </message>
    <message>
        <source>Drop an image here, and see what each layer makes of it.</source>
        <translation>이미지를 여기에 놓으면 각 레이어가 무엇을 보는지 볼 수 있습니다.</translation>
    </message>
    <message>
        <source>The network is being built…</source>
        <translation>네트워크를 만드는 중…</translation>
    </message>
    <message>
        <source>Strongest first</source>
        <translation>강한 것부터</translation>
    </message>
    <message>
        <source>Most changed first</source>
        <translation>많이 바뀐 것부터</translation>
    </message>
    <message>
        <source>By number</source>
        <translation>번호순</translation>
    </message>
    <message>
        <source>Bright where its channels together answer strongly.</source>
        <translation>채널들이 함께 강하게 반응한 곳이 밝습니다.</translation>
    </message>
    <message>
        <source>{layer}: {channels} maps of {size}</source>
        <translation>{layer}: {size} 특징 맵 {channels}개</translation>
    </message>
</context>
<context>
    <name>FilterChips</name>
    <message>
        <source>Clear filters</source>
        <translation>필터 지우기</translation>
    </message>
    <message>
        <source>≤ {most} parameters</source>
        <translation>파라미터 {most} 이하</translation>
    </message>
    <message>
        <source>Input ≤ {side} px</source>
        <translation>입력 {side}px 이하</translation>
    </message>
    <message>
        <source>With pretrained weights</source>
        <translation>사전 학습 가중치가 있음</translation>
    </message>
    <message>
        <source>Weights on this machine</source>
        <translation>이 컴퓨터에 가중치가 있음</translation>
    </message>
    <message>
        <source>Remove this filter: {filter}</source>
        <translation>필터 제거: {filter}</translation>
    </message>
</context>
<context>
    <name>FindingGrid</name>
    <message>
        <source>Images of the findings</source>
        <translation>점검에서 찾은 이미지</translation>
    </message>
</context>
<context>
    <name>FindingsView</name>
    <message>
        <source>The health check</source>
        <translation>데이터 점검</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Compare the images</source>
        <translation>이미지 비교</translation>
    </message>
    <message>
        <source>With a network: finds likely wrong classes and images unlike all others</source>
        <translation>네트워크로 비교하여 잘못된 클래스로 보이는 이미지와 다른 이미지와 동떨어진 이미지를 찾습니다</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>다시 점검</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>찾은 문제 없음</translation>
    </message>
    <message>
        <source>The check could not be made</source>
        <translation>점검하지 못했습니다</translation>
    </message>
    <message>
        <source>The images are looked at in the background</source>
        <translation>백그라운드에서 이미지를 점검하고 있습니다</translation>
    </message>
    <message>
        <source>Copies, wrong classes, damaged and odd images, and whatever else changes a result is shown here, with what can be done about it. Your files stay as they are.</source>
        <translation>사본, 잘못된 클래스, 손상되었거나 특이한 이미지 등 결과를 바꾸는 것을 해결 방법과 함께 여기에 표시합니다. 파일은 그대로 유지됩니다.</translation>
    </message>
    <message>
        <source>{what}: {done} of {total}</source>
        <translation>{what}: {total}장 중 {done}장</translation>
    </message>
    <message>
        <source>The images are looked at when what is running now is over.</source>
        <translation>지금 실행 중인 작업이 끝나면 이미지를 점검합니다.</translation>
    </message>
    <message>
        <source>The images are being looked at…</source>
        <translation>이미지를 점검하는 중…</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) looked at</source>
        <translation>
            <numerusform>이미지 %Ln장 점검</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n check(s)</source>
        <translation>
            <numerusform>점검 항목 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>Not checked</source>
        <translation>점검하지 않음</translation>
    </message>
</context>
<context>
    <name>FolderField</name>
    <message>
        <source>Show</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>변경…</translation>
    </message>
</context>
<context>
    <name>FolderImportDialog</name>
    <message>
        <source>Import weights from a folder</source>
        <translation>폴더에서 가중치 가져오기</translation>
    </message>
    <message>
        <source>Files of weights in the folder</source>
        <translation>폴더의 가중치 파일</translation>
    </message>
    <message>
        <source>Files looked into or imported</source>
        <translation>살펴보거나 가져온 파일</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message numerus="yes">
        <source>Import %n of them ({size})</source>
        <translation>
            <numerusform>%Ln개 가져오기({size})</numerusform>
        </translation>
    </message>
    <message>
        <source>Import</source>
        <translation>가져오기</translation>
    </message>
    <message>
        <source>It was not looked through to its end.</source>
        <translation>끝까지 살펴보지 않았습니다.</translation>
    </message>
    <message>
        <source>There are no files of weights in this folder.</source>
        <translation>이 폴더에는 가중치 파일이 없습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n imported.</source>
        <translation>
            <numerusform>%Ln개를 가져왔습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>There is nothing to import.</source>
        <translation>가져올 것이 없습니다.</translation>
    </message>
    <message>
        <source>A chosen row says why it is left out.</source>
        <translation>제외한 행을 누르면 이유가 나옵니다.</translation>
    </message>
</context>
<context>
    <name>FolderModel</name>
    <message>
        <source>File</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>가중치</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>크기</translation>
    </message>
    <message>
        <source>What becomes of it</source>
        <translation>처리</translation>
    </message>
</context>
<context>
    <name>FoldsView</name>
    <message>
        <source>Folds</source>
        <translation>폴드</translation>
    </message>
    <message>
        <source>Cross-validate</source>
        <translation>교차 검증</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Progress of the cross-validation</source>
        <translation>교차 검증 진행률</translation>
    </message>
    <message>
        <source>The images are dealt to folds of equal size, groups kept together. The settings train once for each fold, on all other folds: so every image is predicted by a network that has not learned from it. Test images stay aside. What frozen layers make of an image is computed once for all folds.</source>
        <translation>이미지를 같은 크기의 폴드로 나누고 그룹은 함께 둡니다. 폴드마다 한 번씩, 나머지 폴드로 학습하므로 모든 이미지를 그 이미지로 학습하지 않은 네트워크가 예측합니다. 테스트 이미지는 따로 둡니다. 고정된 레이어의 출력은 모든 폴드에 대해 한 번만 계산합니다.</translation>
    </message>
    <message>
        <source>Preparing the folds…</source>
        <translation>폴드를 준비하는 중…</translation>
    </message>
    <message>
        <source>Fold {fold} of {folds}</source>
        <translation>폴드 {fold}/{folds}</translation>
    </message>
    <message>
        <source>Cross-validation</source>
        <translation>교차 검증</translation>
    </message>
    <message>
        <source>Fold {fold}</source>
        <translation>폴드 {fold}</translation>
    </message>
    <message>
        <source>ended before its time</source>
        <translation>끝까지 학습하지 못함</translation>
    </message>
    <message>
        <source>{right} of {images}</source>
        <translation>{images}장 중 {right}장</translation>
    </message>
    <message>
        <source>Most confused: {pairs}</source>
        <translation>가장 많이 혼동: {pairs}</translation>
    </message>
    <message>
        <source>The runs of the folds are on the Runs page.</source>
        <translation>폴드의 실행은 실행 페이지에 있습니다.</translation>
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
        <source>{low} to {high} an epoch</source>
        <translation>에포크당 {low} ~ {high}</translation>
    </message>
    <message>
        <source>Estimated from the shapes of the layers: all weights; for those that train their gradients, the optimizer&apos;s memory and the best values so far; and what one batch leaves for the way back. The program itself and kept features come on top.</source>
        <translation>레이어 모양에서 추정한 값입니다. 모든 가중치, 학습하는 가중치의 기울기와 옵티마이저 상태와 지금까지의 최고 값, 역전파를 위해 배치 하나가 남기는 값을 더했습니다. 프로그램 자체와 저장한 특징은 별도입니다.</translation>
    </message>
    <message>
        <source>{time} in all</source>
        <translation>모두 {time}</translation>
    </message>
    <message>
        <source>{low} to {high}</source>
        <translation>{low}~{high}</translation>
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
            <numerusform>처음 %Ln 에포크는 각각 약 {first}, 나머지는 {later} 걸립니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Not here: nothing is frozen before the first trained layer.</source>
        <translation>여기서는 안 됩니다. 학습이 시작되는 레이어 앞에 고정된 것이 없습니다.</translation>
    </message>
    <message>
        <source>Too large to keep: new views in every epoch.</source>
        <translation>너무 커서 보관할 수 없습니다. 에포크마다 새로 변형합니다.</translation>
    </message>
    <message>
        <source>Not here: mixed images are new in every epoch.</source>
        <translation>여기서는 쓸 수 없습니다. 섞은 이미지는 에포크마다 새로 만들어집니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n view(s) of each, computed once.</source>
        <translation>
            <numerusform>이미지마다 %Ln장씩 한 번만 계산합니다.</numerusform>
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
            <numerusform>처음 %Ln 에포크는 각각 {first}, 그다음은 에포크당 {later}</numerusform>
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
        <source>At most about {time}</source>
        <translation>길어야 약 {time}</translation>
    </message>
    <message>
        <source>Every epoch mixes {images} images anew</source>
        <translation>에포크마다 이미지 {images}장을 새로 섞습니다</translation>
    </message>
    <message>
        <source>The whole network runs for {images} images in every epoch</source>
        <translation>에포크마다 이미지 {images}장이 네트워크 전체를 거칩니다</translation>
    </message>
    <message numerus="yes">
        <source>%n phase(s): less and less is frozen</source>
        <translation>
            <numerusform>구간 %Ln개: 고정하는 부분이 점점 줄어듭니다</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Frozen layers run once for %n view(s) of {images} images</source>
        <translation>
            <numerusform>이미지 {images}장을 %Ln가지로 변형해 고정된 레이어를 한 번씩만 계산합니다</numerusform>
        </translation>
    </message>
    <message>
        <source>features of an earlier run are used again</source>
        <translation>이전 학습의 특징을 다시 사용</translation>
    </message>
    <message>
        <source>{share} of the features are in the cache</source>
        <translation>특징의 {share}가 캐시에 있음</translation>
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
    <name>FormatPage</name>
    <message>
        <source>Version of ONNX&apos;s operators</source>
        <translation>ONNX 연산자 버전</translation>
    </message>
    <message>
        <source>{number} (usual)</source>
        <translation>{number} (기본)</translation>
    </message>
    <message>
        <source>Where it goes</source>
        <translation>저장 위치</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>선택…</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>내보내는 중</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
    <message>
        <source>Replace it</source>
        <translation>덮어쓰기</translation>
    </message>
    <message>
        <source>Open in the browser</source>
        <translation>브라우저에서 열기</translation>
    </message>
    <message>
        <source>Download it and export</source>
        <translation>다운로드하고 내보내기</translation>
    </message>
    <message>
        <source>Receipt</source>
        <translation>검증 결과</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>내보내기</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>Another export is being written…</source>
        <translation>다른 내보내기를 쓰는 중…</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>중지하는 중…</translation>
    </message>
    <message>
        <source>Reading the network…</source>
        <translation>네트워크를 읽는 중…</translation>
    </message>
    <message>
        <source>Where the export goes</source>
        <translation>내보낼 위치</translation>
    </message>
</context>
<context>
    <name>FormsLesson</name>
    <message>
        <source>Pretrained weights</source>
        <translation>사전 학습 가중치</translation>
    </message>
    <message>
        <source>Random values</source>
        <translation>무작위 값</translation>
    </message>
    <message>
        <source>One rate for all</source>
        <translation>모두 같은 학습률</translation>
    </message>
    <message>
        <source>One tenth below the head</source>
        <translation>헤드 아래는 10분의 1</translation>
    </message>
    <message>
        <source>Starts from</source>
        <translation>시작 값</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>The network is being read…</source>
        <translation>네트워크를 읽는 중…</translation>
    </message>
    <message>
        <source>of {total} parameters train</source>
        <translation>/ 전체 파라미터 {total}개 학습</translation>
    </message>
    <message>
        <source>with {classes} classes</source>
        <translation>(클래스 {classes}개일 때)</translation>
    </message>
</context>
<context>
    <name>GalleryExplanations</name>
    <message>
        <source>Heat maps come when the run is over: its network is still learning.</source>
        <translation>히트맵은 실행이 끝난 뒤에 볼 수 있습니다. 네트워크가 아직 학습 중입니다.</translation>
    </message>
    <message>
        <source>There is no trained network in hand to ask.</source>
        <translation>물어볼 학습된 네트워크가 없습니다.</translation>
    </message>
    <message>
        <source>These answers are of another network than the one in hand.</source>
        <translation>이 답은 지금 쓰는 네트워크가 아닌 다른 네트워크의 것입니다.</translation>
    </message>
    <message>
        <source>Save the heat map</source>
        <translation>히트맵 저장</translation>
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
        <source>Find a file name</source>
        <translation>파일 이름 찾기</translation>
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
    <name>GatherWindow</name>
    <message>
        <source>Make a dataset</source>
        <translation>데이터셋 만들기</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>실행 취소</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>다시 실행</translation>
    </message>
    <message>
        <source>Another one</source>
        <translation>다른 데이터셋</translation>
    </message>
    <message>
        <source>Make another dataset, or go on with another folder</source>
        <translation>다른 데이터셋을 만들거나 다른 폴더로 계속합니다</translation>
    </message>
    <message>
        <source>Open as dataset</source>
        <translation>데이터셋으로 열기</translation>
    </message>
    <message>
        <source>New class…</source>
        <translation>새 클래스…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>제거</translation>
    </message>
    <message>
        <source>Files…</source>
        <translation>파일…</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>폴더…</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>붙여넣기</translation>
    </message>
    <message>
        <source>Video…</source>
        <translation>동영상…</translation>
    </message>
    <message>
        <source>Camera…</source>
        <translation>카메라…</translation>
    </message>
    <message>
        <source>Move to</source>
        <translation>이동</translation>
    </message>
    <message>
        <source>The studio keeps them; Undo brings them back (Del)</source>
        <translation>TLStudio가 보관하며 실행 취소하면 돌아옵니다(Del)</translation>
    </message>
    <message>
        <source>Copying</source>
        <translation>복사하는 중</translation>
    </message>
    <message>
        <source>pasted</source>
        <translation>붙여넣기</translation>
    </message>
    <message>
        <source>There is no picture on the clipboard.</source>
        <translation>클립보드에 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>Make two classes or more.</source>
        <translation>클래스를 두 개 이상 만드세요.</translation>
    </message>
    <message>
        <source>Fewer than {count} images are too few to tell how good it is: {names}</source>
        <translation>{count}장 미만이라 얼마나 좋은지 알기 어렵습니다: {names}</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) in all</source>
        <translation>
            <numerusform>모두 %Ln장</numerusform>
        </translation>
    </message>
    <message>
        <source>Drop images here, or take them from above.</source>
        <translation>이미지를 여기에 놓거나 위에서 고르세요.</translation>
    </message>
    <message>
        <source>Make a class first, or drop folders here: each becomes one.</source>
        <translation>먼저 클래스를 만들거나 폴더를 여기에 놓으세요. 폴더마다 클래스가 됩니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n chosen</source>
        <translation>
            <numerusform>%Ln장 선택</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) were in the class already.</source>
        <translation>
            <numerusform>%Ln장은 클래스에 이미 있습니다.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) were not taken:</source>
        <translation>
            <numerusform>파일 %Ln개는 가져오지 않았습니다:</numerusform>
        </translation>
    </message>
    <message>
        <source>Make a class first.</source>
        <translation>먼저 클래스를 만드세요.</translation>
    </message>
    <message>
        <source>New class</source>
        <translation>새 클래스</translation>
    </message>
    <message>
        <source>What do its images show?</source>
        <translation>어떤 이미지입니까?</translation>
    </message>
    <message>
        <source>Images for “{name}”</source>
        <translation>“{name}”에 넣을 이미지</translation>
    </message>
    <message>
        <source>A video for “{name}”</source>
        <translation>“{name}”에 넣을 동영상</translation>
    </message>
    <message>
        <source>Frames of “{video}” go into “{name}”.</source>
        <translation>“{video}”의 프레임이 “{name}”에 들어갑니다.</translation>
    </message>
    <message>
        <source>No camera was found. Plug one in, and try again.</source>
        <translation>카메라를 찾지 못했습니다. 연결한 뒤 다시 시도하세요.</translation>
    </message>
    <message>
        <source>camera</source>
        <translation>카메라</translation>
    </message>
</context>
<context>
    <name>GroupsLesson</name>
    <message>
        <source>Groups G</source>
        <translation>그룹 수 G</translation>
    </message>
    <message>
        <source>Between both convolutions</source>
        <translation>두 합성곱 사이</translation>
    </message>
    <message>
        <source>no shuffle</source>
        <translation>그대로</translation>
    </message>
    <message>
        <source>shuffled</source>
        <translation>섞기</translation>
    </message>
    <message>
        <source>output {number} sees</source>
        <translation>출력 {number}번이 보는 입력:</translation>
    </message>
    <message>
        <source>multiply-adds each</source>
        <translation>곱셈-덧셈(하나당)</translation>
    </message>
    <message>
        <source>{seen} of {count} maps</source>
        <translation>맵 {count}개 중 {seen}개</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>The run that is shown, saved and used; open another one</source>
        <translation>화면에 표시하고 저장하고 사용하는 실행입니다. 다른 실행을 열 수 있습니다</translation>
    </message>
    <message>
        <source>No dataset yet</source>
        <translation>아직 데이터셋 없음</translation>
    </message>
    <message>
        <source>{name} · {count} images</source>
        <translation>{name} · 이미지 {count}장</translation>
    </message>
    <message numerus="yes">
        <source>%n finding(s) that change your result</source>
        <translation>
            <numerusform>결과를 바꾸는 문제 %Ln건</numerusform>
        </translation>
    </message>
    <message>
        <source>Show what the health check found in the images</source>
        <translation>데이터 점검에서 찾은 이미지를 표시합니다</translation>
    </message>
</context>
<context>
    <name>HeatView</name>
    <message>
        <source>Heat map</source>
        <translation>히트맵</translation>
    </message>
</context>
<context>
    <name>HelpCard</name>
    <message>
        <source>More in the glossary</source>
        <translation>용어집에서 더 보기</translation>
    </message>
</context>
<context>
    <name>HelpWindow</name>
    <message>
        <source>Help</source>
        <translation>도움말</translation>
    </message>
    <message>
        <source>Search the help</source>
        <translation>도움말 검색</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>뒤로</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>앞으로</translation>
    </message>
    <message>
        <source>Page of the help</source>
        <translation>도움말 페이지</translation>
    </message>
</context>
<context>
    <name>HiddenLine</name>
    <message>
        <source>Show everything</source>
        <translation>모두 보기</translation>
    </message>
    <message>
        <source>Also holds: {settings}</source>
        <translation>함께 적용 중: {settings}</translation>
    </message>
</context>
<context>
    <name>HistoryChart</name>
    <message>
        <source>Errors and depths by year</source>
        <translation>연도별 오류율과 깊이</translation>
    </message>
    <message>
        <source>{count} layers</source>
        <translation>{count}층</translation>
    </message>
    <message>
        <source>Top-5 error on the test images, %</source>
        <translation>테스트 이미지 top-5 오류율(%)</translation>
    </message>
    <message>
        <source>Depth, layers with weights</source>
        <translation>깊이(가중치가 있는 층 수)</translation>
    </message>
    <message>
        <source>one trained person: {error}%</source>
        <translation>훈련받은 사람 한 명: {error}%</translation>
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
        <source>epoch {n}</source>
        <translation>에포크 {n}</translation>
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
        <source>Epoch {n}, the best</source>
        <translation>에포크 {n}(최고)</translation>
    </message>
    <message>
        <source>Epoch {n}</source>
        <translation>에포크 {n}</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>손실</translation>
    </message>
    <message>
        <source>accuracy</source>
        <translation>정확도</translation>
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
    <name>HistoryLesson</name>
    <message>
        <source>First place</source>
        <translation>1위</translation>
    </message>
    <message>
        <source>Second place</source>
        <translation>2위</translation>
    </message>
    <message>
        <source>{count} layers</source>
        <translation>{count}층</translation>
    </message>
    <message>
        <source>See {network}</source>
        <translation>{network} 보기</translation>
    </message>
    <message>
        <source>{share}% of the mistakes of 2010 are left</source>
        <translation>2010년 오류의 {share}%가 남음</translation>
    </message>
    <message>
        <source>top-5 error</source>
        <translation>top-5 오류율</translation>
    </message>
    <message>
        <source>one photo in {count} is missed</source>
        <translation>사진 {count}장에 1장꼴로 틀림</translation>
    </message>
</context>
<context>
    <name>HistoryModel</name>
    <message>
        <source>Epoch</source>
        <translation>에포크</translation>
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
</context>
<context>
    <name>HubPage</name>
    <message>
        <source>Access token</source>
        <translation>액세스 토큰</translation>
    </message>
    <message>
        <source>Log in</source>
        <translation>로그인</translation>
    </message>
    <message>
        <source>Make a token</source>
        <translation>토큰 만들기</translation>
    </message>
    <message>
        <source>Name of the repository</source>
        <translation>저장소 이름</translation>
    </message>
    <message>
        <source>Private</source>
        <translation>비공개</translation>
    </message>
    <message>
        <source>Only you see it; on its page you can let others see it later.</source>
        <translation>본인만 볼 수 있습니다. 나중에 저장소 페이지에서 공개할 수 있습니다.</translation>
    </message>
    <message>
        <source>Going to the hub</source>
        <translation>허브로 보내는 중</translation>
    </message>
    <message>
        <source>Open its page</source>
        <translation>페이지 열기</translation>
    </message>
    <message>
        <source>As its new version</source>
        <translation>새 버전으로 올리기</translation>
    </message>
    <message>
        <source>Push</source>
        <translation>올리기</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>You are not logged in</source>
        <translation>로그인되어 있지 않습니다</translation>
    </message>
    <message>
        <source>An access token that may write is asked for once; the hub&apos;s own library keeps it for all programs, the studio nowhere.</source>
        <translation>쓰기 권한이 있는 액세스 토큰을 한 번만 묻습니다. 허브의 라이브러리가 모든 프로그램을 위해 보관하고, TLStudio는 저장하지 않습니다.</translation>
    </message>
    <message>
        <source>There go the weights (model.safetensors), the class names, and a model card with data, accuracy and its interval, limits and licence. No image goes there.</source>
        <translation>가중치(model.safetensors), 클래스 이름, 그리고 데이터, 정확도와 구간, 한계, 라이선스를 적은 모델 카드를 올립니다. 이미지는 올리지 않습니다.</translation>
    </message>
    <message>
        <source>On the hub as {name}.</source>
        <translation>허브에 {name}(으)로 올렸습니다.</translation>
    </message>
</context>
<context>
    <name>ImageEdits</name>
    <message>
        <source>Leave out</source>
        <translation>제외</translation>
    </message>
    <message>
        <source>The next run does not use them (Del)</source>
        <translation>다음 실행부터 사용하지 않습니다 (Del)</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>되돌리기</translation>
    </message>
    <message>
        <source>As the folder has them</source>
        <translation>폴더에 있는 그대로</translation>
    </message>
    <message>
        <source>Move to class</source>
        <translation>클래스 변경</translation>
    </message>
    <message>
        <source>Move to class…</source>
        <translation>클래스 변경…</translation>
    </message>
    <message>
        <source>To {name}</source>
        <translation>{name}(으)로</translation>
    </message>
    <message>
        <source>Use for…</source>
        <translation>용도…</translation>
    </message>
    <message>
        <source>Train, validate or test with these images, however the dataset is split</source>
        <translation>데이터셋의 분할과 관계없이 이 이미지를 학습, 검증 또는 테스트에 씁니다</translation>
    </message>
    <message>
        <source>Use for</source>
        <translation>용도</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>경로 복사</translation>
    </message>
    <message>
        <source>As the dataset or its split says</source>
        <translation>데이터셋의 분할대로</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>제외함</translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>%Ln장 선택</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n change(s) to the dataset</source>
        <translation>
            <numerusform>데이터셋 변경 %Ln건</numerusform>
        </translation>
    </message>
    <message>
        <source>Used from the next run on, here and on the terminal; no file is touched.</source>
        <translation>다음 실행부터 이 창과 터미널에서 적용됩니다. 파일은 바뀌지 않습니다.</translation>
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
        <source>Its variations</source>
        <translation>변형 보기</translation>
    </message>
    <message>
        <source>This image as it is varied for training</source>
        <translation>이 이미지를 학습용으로 변형한 모습</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
    <message>
        <source>It is not a file of its own.</source>
        <translation>별도의 파일이 아닙니다.</translation>
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
        <translation>구조 그림</translation>
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
        <source>File name</source>
        <translation>파일 이름</translation>
    </message>
    <message>
        <source>Find by file name</source>
        <translation>파일 이름으로 찾기</translation>
    </message>
    <message>
        <source>Show the others as well</source>
        <translation>나머지도 표시</translation>
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
            <numerusform>이미지 %Ln장</numerusform>
        </translation>
    </message>
    <message>
        <source>All</source>
        <translation>전체</translation>
    </message>
</context>
<context>
    <name>InceptionLesson</name>
    <message>
        <source>Module</source>
        <translation>모듈</translation>
    </message>
    <message>
        <source>Width of reductions</source>
        <translation>축소 폭</translation>
    </message>
    <message>
        <source>{times}× fewer</source>
        <translation>{times}배 적음</translation>
    </message>
    <message>
        <source>{times}× more</source>
        <translation>{times}배 많음</translation>
    </message>
    <message>
        <source>5×5 at each place:</source>
        <translation>5×5, 위치마다:</translation>
    </message>
    <message>
        <source>together:</source>
        <translation>전체:</translation>
    </message>
</context>
<context>
    <name>InputsForm</name>
    <message>
        <source>{side} px, as its weights expect</source>
        <translation>{side}px(가중치에 맞는 크기)</translation>
    </message>
    <message>
        <source>{side} px, as it was built for</source>
        <translation>{side}px(설계된 크기)</translation>
    </message>
    <message>
        <source>It takes this size only.</source>
        <translation>이 크기만 받습니다.</translation>
    </message>
    <message>
        <source>At least {side} px</source>
        <translation>{side}px 이상</translation>
    </message>
    <message>
        <source>They were trained on squashed images.</source>
        <translation>비율을 무시하고 맞춘 이미지로 학습되었습니다.</translation>
    </message>
    <message>
        <source>What is wide or tall loses its ends.</source>
        <translation>넓거나 긴 이미지는 양끝이 잘립니다.</translation>
    </message>
    <message>
        <source>It was made for grey images.</source>
        <translation>흑백 이미지용으로 만들어졌습니다.</translation>
    </message>
    <message>
        <source>Grey photos come in as three equal channels.</source>
        <translation>흑백 사진은 똑같은 채널 세 개로 들어갑니다.</translation>
    </message>
    <message>
        <source>The small one is for images of 32 to 64 px.</source>
        <translation>작은 스템은 32~64px 이미지에 알맞습니다.</translation>
    </message>
</context>
<context>
    <name>InspectorDock</name>
    <message>
        <source>What trains</source>
        <translation>학습 대상</translation>
    </message>
    <message>
        <source>Strategy, settings and layers of the run to come</source>
        <translation>다음 학습의 전략, 설정, 레이어</translation>
    </message>
</context>
<context>
    <name>IntervalBar</name>
    <message>
        <source>Accuracy</source>
        <translation>정확도</translation>
    </message>
</context>
<context>
    <name>ItemView</name>
    <message>
        <source>The present settings are like this.</source>
        <translation>지금 설정이 이와 같습니다.</translation>
    </message>
</context>
<context>
    <name>KindList</name>
    <message>
        <source>Findings</source>
        <translation>점검 결과</translation>
    </message>
</context>
<context>
    <name>KindModel</name>
    <message>
        <source>not checked</source>
        <translation>점검하지 않음</translation>
    </message>
    <message>
        <source>{open} of {total} open</source>
        <translation>{total}건 중 {open}건 남음</translation>
    </message>
</context>
<context>
    <name>KindSide</name>
    <message>
        <source>Take back</source>
        <translation>되돌리기</translation>
    </message>
    <message>
        <source>Let the images be as the dataset says</source>
        <translation>이미지를 데이터셋 원래 상태로 되돌립니다</translation>
    </message>
    <message>
        <source>Findings of this kind</source>
        <translation>이 종류의 점검 결과</translation>
    </message>
    <message>
        <source>By key: M moves, Del leaves out, K is fine; the next one follows.</source>
        <translation>키보드: M 이동, Del 제외, K 문제없음. 처리하면 다음 이미지로 넘어갑니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n chosen:</source>
        <translation>
            <numerusform>%Ln건 선택:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n open:</source>
        <translation>
            <numerusform>남은 %Ln건:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LargeView</name>
    <message>
        <source>Back to all images</source>
        <translation>모든 이미지로 돌아가기</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
</context>
<context>
    <name>LatestRuns</name>
    <message>
        <source>Latest runs</source>
        <translation>최근 실행</translation>
    </message>
    <message>
        <source>today</source>
        <translation>오늘</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>어제</translation>
    </message>
</context>
<context>
    <name>LayerMeasures</name>
    <message>
        <source>Learning rate</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>Probe accuracy</source>
        <translation>프로브 정확도</translation>
    </message>
    <message>
        <source>Gradient/weight</source>
        <translation>기울기/가중치</translation>
    </message>
    <message>
        <source>Drift</source>
        <translation>변화량</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>파라미터</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>정확도</translation>
    </message>
    <message>
        <source>Gradient</source>
        <translation>기울기</translation>
    </message>
    <message>
        <source>Params</source>
        <translation>파라미터</translation>
    </message>
    <message>
        <source>With which learning rate each layer starts to train, and from which epoch on.</source>
        <translation>레이어가 어떤 학습률로, 몇 에포크부터 학습하는지 보여 줍니다.</translation>
    </message>
    <message>
        <source>How well a linear classifier tells the classes apart from what the network knows at that depth, before any training.</source>
        <translation>학습하기 전에, 그 깊이에서 네트워크가 아는 것만으로 선형 분류기가 클래스를 얼마나 잘 구별하는지 보여 줍니다.</translation>
    </message>
    <message>
        <source>Length of the gradient of one batch against the length of the weights: where the loss would change the network most. The bars are logarithmic.</source>
        <translation>배치 하나의 기울기 노름을 가중치 노름으로 나눈 값입니다. 손실이 네트워크를 어디서 가장 많이 바꾸려 하는지 보여 줍니다. 막대는 로그 눈금입니다.</translation>
    </message>
    <message>
        <source>How far the last run moved the weights against their length before it. Containers show the largest of their layers. The bars are logarithmic.</source>
        <translation>마지막 학습이 가중치를 학습 전 길이에 견주어 얼마나 옮겼는지 보여 줍니다. 묶음은 그 안에서 가장 큰 값을 보입니다. 막대는 로그 눈금입니다.</translation>
    </message>
    <message>
        <source>Number of parameters, with all below</source>
        <translation>하위 레이어를 포함한 파라미터 수</translation>
    </message>
    <message>
        <source>Frozen: its parameters stay exactly as they are.</source>
        <translation>고정: 파라미터가 정확히 그대로 남습니다.</translation>
    </message>
    <message>
        <source>frozen</source>
        <translation>고정</translation>
    </message>
    <message>
        <source>from {n}</source>
        <translation>{n}부터</translation>
    </message>
    <message>
        <source>Learning rates from {low} to {high}</source>
        <translation>학습률 {low} ~ {high}</translation>
    </message>
    <message>
        <source>Trains with {multiple} × the learning rate of {rate}.</source>
        <translation>학습률 {rate}의 {multiple}배로 학습합니다.</translation>
    </message>
    <message>
        <source>Until epoch {n} begins it is frozen.</source>
        <translation>{n}에포크가 시작될 때까지 고정됩니다.</translation>
    </message>
    <message>
        <source>There are too few images for a probe.</source>
        <translation>프로브를 학습하기에는 이미지가 너무 적습니다.</translation>
    </message>
    <message>
        <source>Linear probe: {accuracy} ({low} – {high})</source>
        <translation>선형 프로브: {accuracy} ({low} – {high})</translation>
    </message>
    <message>
        <source>Nearest neighbours: {accuracy}</source>
        <translation>최근접 이웃: {accuracy}</translation>
    </message>
    <message>
        <source>Guessing: {accuracy}</source>
        <translation>무작위 추측: {accuracy}</translation>
    </message>
    <message>
        <source>The gradient of one batch is {ratio} times as long as the weights.</source>
        <translation>배치 하나의 기울기 노름은 가중치 노름의 {ratio}배입니다.</translation>
    </message>
    <message>
        <source>Not measured yet</source>
        <translation>아직 측정하지 않음</translation>
    </message>
    <message>
        <source>Known after a run</source>
        <translation>학습을 마치면 알 수 있습니다</translation>
    </message>
    <message>
        <source>It was frozen: not one bit of it changed.</source>
        <translation>고정되어 있었습니다. 한 비트도 바뀌지 않았습니다.</translation>
    </message>
    <message>
        <source>It began at zero, so that there is nothing to compare with.</source>
        <translation>0에서 시작해 비교할 값이 없습니다.</translation>
    </message>
    <message>
        <source>from 0</source>
        <translation>0에서</translation>
    </message>
    <message>
        <source>The weights moved by {drift} of their length.</source>
        <translation>가중치가 가중치 노름의 {drift}만큼 바뀌었습니다.</translation>
    </message>
    <message>
        <source>The layer that moved most: {drift} of its length.</source>
        <translation>가장 많이 바뀐 레이어: 가중치 노름의 {drift}</translation>
    </message>
    <message>
        <source>{count} parameters, {share} of the network</source>
        <translation>파라미터 {count}개, 네트워크의 {share}</translation>
    </message>
</context>
<context>
    <name>LayerTableModel</name>
    <message>
        <source>Layer</source>
        <translation>레이어</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>유형</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>커널</translation>
    </message>
    <message>
        <source>Stride</source>
        <translation>스트라이드</translation>
    </message>
    <message>
        <source>Padding</source>
        <translation>패딩</translation>
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
        <source>Multiply-adds</source>
        <translation>곱셈-덧셈</translation>
    </message>
    <message>
        <source>Field px</source>
        <translation>수용 영역 px</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>비율</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>합계</translation>
    </message>
    <message>
        <source>{parameters} parameters, {multiply_adds} multiply-adds for one image of {channels}×{side}×{side}</source>
        <translation>파라미터 {parameters}개, {channels}×{side}×{side} 이미지 한 장에 곱셈-덧셈 {multiply_adds}회</translation>
    </message>
    <message>
        <source>image</source>
        <translation>이미지 전체</translation>
    </message>
    <message>
        <source>It runs {count} times; size and receptive field are those of the first time.</source>
        <translation>{count}번 실행됩니다. 크기와 수용 영역은 첫 번째 실행의 값입니다.</translation>
    </message>
    <message>
        <source>Kernel {kernel}, stride {stride}, padding {padding}, dilation {dilation}</source>
        <translation>커널 {kernel}, 스트라이드 {stride}, 패딩 {padding}, 팽창(dilation) {dilation}</translation>
    </message>
    <message numerus="yes">
        <source>%n group(s)</source>
        <translation>
            <numerusform>그룹 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>{total}, of them {own} by itself</source>
        <translation>{total}, 그중 자체 {own}</translation>
    </message>
    <message>
        <source>Every value depends on {side}×{side} pixels.</source>
        <translation>각 값은 {side}×{side} 픽셀을 봅니다.</translation>
    </message>
    <message>
        <source>That is more than the image: layers pad zeros around it.</source>
        <translation>이미지보다 넓습니다. 레이어가 가장자리를 0으로 채우기 때문입니다.</translation>
    </message>
    <message>
        <source>{multiply_adds} of the multiply-adds, {parameters} of the parameters</source>
        <translation>곱셈-덧셈의 {multiply_adds}, 파라미터의 {parameters}</translation>
    </message>
    <message>
        <source>Module path, in order of execution</source>
        <translation>모듈 경로, 실행 순서대로</translation>
    </message>
    <message>
        <source>Class of the module</source>
        <translation>모듈의 클래스</translation>
    </message>
    <message>
        <source>Rows×columns of the window that slides over the input</source>
        <translation>입력 위를 움직이는 창의 세로×가로</translation>
    </message>
    <message>
        <source>Steps by which the window moves</source>
        <translation>창이 움직이는 간격</translation>
    </message>
    <message>
        <source>Zeros around the input; before/after where they differ</source>
        <translation>입력 가장자리에 채우는 0. 다르면 앞/뒤</translation>
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
        <source>Products that go into a sum, for one image, with all below; their billions are what papers call GFLOPs</source>
        <translation>이미지 한 장에 드는, 합에 들어가는 곱셈의 수(하위 포함). 10억 단위가 논문에서 말하는 GFLOPs입니다</translation>
    </message>
    <message>
        <source>Receptive field: side of the square of pixels that one value can depend on. Gates for whole channels and statistics of norms are left aside.</source>
        <translation>수용 영역(수용장): 한 값이 영향을 받을 수 있는 정사각형 픽셀 영역의 한 변. 채널 전체에 곱하는 게이트와 정규화 통계는 제외합니다.</translation>
    </message>
    <message>
        <source>Share of the whole network</source>
        <translation>네트워크 전체에서 차지하는 비율</translation>
    </message>
</context>
<context>
    <name>LayerTableView</name>
    <message>
        <source>Layers of the network, with what they cost</source>
        <translation>네트워크의 레이어와 비용</translation>
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
        <source>Waits</source>
        <translation>대기</translation>
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
        <source>Its running mean and variance follow your images with every training step. Validation and the finished network normalise with what they have become.</source>
        <translation>이동 평균과 분산이 학습 스텝마다 여러분의 이미지를 따라갑니다. 검증과 완성된 네트워크는 그렇게 바뀐 값으로 정규화합니다.</translation>
    </message>
    <message>
        <source>Its running mean and variance stay what they are, and it normalises with them while training, too. So the layers before it give the same features in every epoch.</source>
        <translation>이동 평균과 분산이 그대로 남고, 학습 중에도 그 값으로 정규화합니다. 그래서 앞쪽 레이어가 에포크마다 같은 특징을 냅니다.</translation>
    </message>
    <message>
        <source>Frozen layers keep their parameters exactly, bit for bit.</source>
        <translation>고정(동결)된 레이어는 파라미터를 한 비트까지 그대로 지킵니다.</translation>
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
        <source>Frozen until its epoch of this run comes.</source>
        <translation>이번 학습에서 차례가 될 때까지 고정됩니다.</translation>
    </message>
    <message>
        <source>{trains} of {layers} layers train.</source>
        <translation>레이어 {layers}개 중 {trains}개를 학습합니다.</translation>
    </message>
</context>
<context>
    <name>LayerTreePanel</name>
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
        <source>Now {count} parameters train, more from epoch {n} on.</source>
        <translation>지금 파라미터 {count}개가 학습하고, {n}에포크부터 더 늘어납니다.</translation>
    </message>
    <message>
        <source>Now {count} parameters train, as many as ever will.</source>
        <translation>지금 파라미터 {count}개가 학습합니다. 더 늘지 않습니다.</translation>
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
    <name>LayersView</name>
    <message>
        <source>Search layers and types</source>
        <translation>레이어와 유형 검색</translation>
    </message>
    <message>
        <source>Search layers</source>
        <translation>레이어 검색</translation>
    </message>
    <message>
        <source>What the share is of</source>
        <translation>비율의 기준</translation>
    </message>
    <message>
        <source>Multiply-adds</source>
        <translation>곱셈-덧셈</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>파라미터</translation>
    </message>
    <message>
        <source>What the bars show a share of</source>
        <translation>막대가 무엇의 비율을 나타내는지</translation>
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
        <source>Copy as Markdown</source>
        <translation>Markdown으로 복사</translation>
    </message>
    <message>
        <source>The rows that are open, and the totals</source>
        <translation>펼쳐진 행과 합계</translation>
    </message>
    <message>
        <source>Copy as CSV</source>
        <translation>CSV로 복사</translation>
    </message>
    <message>
        <source>Every row, with whole numbers and all columns</source>
        <translation>모든 행과 열, 줄이지 않은 숫자로</translation>
    </message>
    <message>
        <source>Copy module path</source>
        <translation>모듈 경로 복사</translation>
    </message>
    <message>
        <source>What the table shows</source>
        <translation>표에 보이는 것</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
    <message>
        <source>Share of</source>
        <translation>비율 기준</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
    <message>
        <source>No layer matches the search.</source>
        <translation>검색 결과에 맞는 레이어가 없습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) copied.</source>
        <translation>
            <numerusform>%Ln개 행을 복사했습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Looking into the network…</source>
        <translation>네트워크를 들여다보는 중…</translation>
    </message>
    <message>
        <source>Loading the model library…</source>
        <translation>모델 라이브러리를 불러오는 중…</translation>
    </message>
    <message numerus="yes">
        <source>With the original head of %n classes</source>
        <translation>
            <numerusform>원래의 %Ln개 클래스 헤드로</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LearnWindow</name>
    <message>
        <source>Learn</source>
        <translation>배우기</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>뒤로</translation>
    </message>
    <message>
        <source>This is where “{title}” leads.</source>
        <translation>“{title}”에서 이어진 화면입니다.</translation>
    </message>
    <message>
        <source>Back to it</source>
        <translation>돌아가기</translation>
    </message>
    <message>
        <source>Paper, slide, here</source>
        <translation>논문, 강의 자료, 여기</translation>
    </message>
    <message>
        <source>Quiz</source>
        <translation>퀴즈</translation>
    </message>
</context>
<context>
    <name>LearningCurveChart</name>
    <message>
        <source>measured</source>
        <translation>측정</translation>
    </message>
    <message>
        <source>curve</source>
        <translation>곡선</translation>
    </message>
    <message>
        <source>continued</source>
        <translation>연장</translation>
    </message>
    <message>
        <source>Accuracy by training images of a class</source>
        <translation>클래스의 학습 이미지 수에 따른 정확도</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) of a class</source>
        <translation>
            <numerusform>클래스 이미지 %Ln장</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LearningCurveView</name>
    <message>
        <source>Curve of</source>
        <translation>곡선</translation>
    </message>
    <message>
        <source>All classes together</source>
        <translation>모든 클래스</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>저장…</translation>
    </message>
    <message>
        <source>Told by a linear probe of the features of {model}, which learned from parts of the {train} training images and was measured on {val} others. Further to the right the curve is a guess.</source>
        <translation>{model} 특징의 선형 프로브가 학습 이미지 {train}장의 일부로 학습하고 다른 이미지 {val}장에서 잰 값입니다. 오른쪽으로 갈수록 곡선은 추측입니다.</translation>
    </message>
    <message>
        <source>For want of validation images these are a quarter of the training images.</source>
        <translation>검증 이미지가 없어 학습 이미지의 4분의 1로 쟀습니다.</translation>
    </message>
    <message>
        <source>learning curve</source>
        <translation>학습 곡선</translation>
    </message>
    <message>
        <source>PyTorch is still loading; the answer comes in a moment.</source>
        <translation>PyTorch를 불러오는 중입니다. 답은 곧 나옵니다.</translation>
    </message>
    <message>
        <source>Learning from ever more images…</source>
        <translation>이미지를 늘려 가며 학습하는 중…</translation>
    </message>
    <message>
        <source>Would more photos help? A simple classifier learns from more and more of the training images, and the curve of its accuracy is continued. For that a network looks at each image once: about {time}.</source>
        <translation>사진이 더 있으면 나아질까요? 간단한 분류기가 학습 이미지를 점점 늘려 가며 학습하고, 그 정확도 곡선을 이어 그립니다. 이를 위해 네트워크가 이미지를 한 번씩 봅니다. 약 {time} 걸립니다.</translation>
    </message>
    <message>
        <source>Find out</source>
        <translation>알아보기</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
</context>
<context>
    <name>LeftOutView</name>
    <message>
        <source>Files that were left out</source>
        <translation>제외된 파일</translation>
    </message>
    <message>
        <source>Reasons</source>
        <translation>이유</translation>
    </message>
    <message>
        <source>They stay where they are. Mend or remove them, and the dataset is read again.</source>
        <translation>파일은 원래 자리에 그대로 있습니다. 고치거나 삭제하면 데이터셋을 다시 읽습니다.</translation>
    </message>
    <message>
        <source>Every file is used</source>
        <translation>모든 파일을 사용합니다</translation>
    </message>
    <message>
        <source>Files that are not used are listed here, each with the reason.</source>
        <translation>사용하지 않는 파일이 이유와 함께 여기에 표시됩니다.</translation>
    </message>
    <message>
        <source>{used} of {all} files are used.</source>
        <translation>파일 {all}개 중 {used}개를 사용합니다.</translation>
    </message>
</context>
<context>
    <name>Legend</name>
    <message>
        <source>What the colours mean</source>
        <translation>색의 뜻</translation>
    </message>
</context>
<context>
    <name>LessonScreen</name>
    <message>
        <source>Computing…</source>
        <translation>계산하는 중…</translation>
    </message>
    <message>
        <source>Previous photo</source>
        <translation>이전 사진</translation>
    </message>
    <message>
        <source>Next photo</source>
        <translation>다음 사진</translation>
    </message>
    <message>
        <source>Try it in the studio</source>
        <translation>TLStudio에서 해 보기</translation>
    </message>
</context>
<context>
    <name>LicencesDialog</name>
    <message>
        <source>Licences</source>
        <translation>라이선스</translation>
    </message>
    <message>
        <source>TLStudio is free software under Apache-2.0. It is made of these parts, each under its own licence.</source>
        <translation>TLStudio는 Apache-2.0 라이선스의 자유 소프트웨어입니다. 다음 구성 요소로 이루어져 있으며, 각각 고유한 라이선스를 따릅니다.</translation>
    </message>
    <message>
        <source>Search names and licences</source>
        <translation>이름과 라이선스 검색</translation>
    </message>
    <message>
        <source>Reading the licences…</source>
        <translation>라이선스를 읽는 중…</translation>
    </message>
    <message>
        <source>No part is called so</source>
        <translation>일치하는 구성 요소가 없습니다</translation>
    </message>
    <message>
        <source>Look for another word.</source>
        <translation>다른 단어로 검색해 보세요.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>구성 요소</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>버전</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>라이선스</translation>
    </message>
    <message>
        <source>not stated</source>
        <translation>명시되지 않음</translation>
    </message>
    <message>
        <source>Parts of TLStudio</source>
        <translation>TLStudio의 구성 요소</translation>
    </message>
    <message>
        <source>Text of the licence</source>
        <translation>라이선스 전문</translation>
    </message>
    <message numerus="yes">
        <source>%n part(s)</source>
        <translation>
            <numerusform>구성 요소 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>Licence: {licence}</source>
        <translation>라이선스: {licence}</translation>
    </message>
    <message>
        <source>Home or licences of {name}</source>
        <translation>{name}의 홈페이지 또는 라이선스</translation>
    </message>
    <message>
        <source>{name} brings no text of its licence; its home says more.</source>
        <translation>{name}에는 라이선스 전문이 들어 있지 않습니다. 홈페이지를 참고하세요.</translation>
    </message>
</context>
<context>
    <name>LiveView</name>
    <message>
        <source>Look again</source>
        <translation>다시 찾기</translation>
    </message>
    <message>
        <source>Waiting for the camera…</source>
        <translation>카메라를 기다리는 중…</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>카메라</translation>
    </message>
    <message>
        <source>Keep this picture</source>
        <translation>이 사진 남기기</translation>
    </message>
    <message>
        <source>Puts it among the images, with everything about it</source>
        <translation>이미지 목록에 넣어 자세히 볼 수 있게 합니다</translation>
    </message>
    <message>
        <source>No camera was found</source>
        <translation>카메라를 찾지 못했습니다</translation>
    </message>
    <message>
        <source>Plug one in, and look again.</source>
        <translation>카메라를 연결한 뒤 다시 찾으세요.</translation>
    </message>
</context>
<context>
    <name>LoadingDialog</name>
    <message>
        <source>Load weights</source>
        <translation>가중치 불러오기</translation>
    </message>
    <message>
        <source>Entries shown</source>
        <translation>표시할 항목</translation>
    </message>
    <message>
        <source>Search layers</source>
        <translation>레이어 검색</translation>
    </message>
    <message>
        <source>What to do with it</source>
        <translation>사용 방법</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>네트워크</translation>
    </message>
    <message>
        <source>Copy of the network</source>
        <translation>네트워크 사본</translation>
    </message>
    <message>
        <source>Names of the classes</source>
        <translation>클래스 이름</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>불러오기</translation>
    </message>
    <message>
        <source>Entries of the file and of the network</source>
        <translation>파일과 네트워크의 항목</translation>
    </message>
    <message>
        <source>Which copy</source>
        <translation>어느 사본</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>클래스</translation>
    </message>
    <message>
        <source>Nearest is {model}, which does not fit</source>
        <translation>가장 가까운 모델은 {model}이지만 맞지 않음</translation>
    </message>
    <message numerus="yes">
        <source>{model} with %n classes</source>
        <translation>
            <numerusform>{model}, 클래스 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>{model} without a head that fits</source>
        <translation>{model}, 맞는 헤드 없음</translation>
    </message>
    <message>
        <source>All {count}</source>
        <translation>전체 {count}</translation>
    </message>
    <message>
        <source>Answer with it</source>
        <translation>바로 사용</translation>
    </message>
    <message>
        <source>Train from it</source>
        <translation>학습의 시작점으로</translation>
    </message>
    <message>
        <source>without a prefix</source>
        <translation>접두사 없음</translation>
    </message>
    <message>
        <source>{place} (average)</source>
        <translation>{place}(평균)</translation>
    </message>
    <message>
        <source>As in the file</source>
        <translation>파일에 적힌 대로</translation>
    </message>
    <message>
        <source>As in the dataset</source>
        <translation>데이터셋과 같게</translation>
    </message>
    <message>
        <source>From a text file…</source>
        <translation>텍스트 파일에서…</translation>
    </message>
    <message>
        <source>Numbered</source>
        <translation>번호로</translation>
    </message>
    <message>
        <source>Start from it</source>
        <translation>여기서 시작</translation>
    </message>
    <message>
        <source>The values of the backbone are taken; the head is new, for your classes.</source>
        <translation>백본의 값을 쓰고, 헤드는 내 클래스에 맞게 새로 만듭니다.</translation>
    </message>
    <message>
        <source>It answers with its own {own} classes; the open dataset has {others}.</source>
        <translation>이 네트워크는 자체 클래스 {own}개로 답합니다. 열려 있는 데이터셋의 클래스는 {others}개입니다.</translation>
    </message>
    <message>
        <source>All of it is taken; it can be asked about images at once.</source>
        <translation>전부 사용합니다. 바로 이미지를 예측할 수 있습니다.</translation>
    </message>
    <message>
        <source>That file has {found} names; the network tells {wanted} classes apart.</source>
        <translation>그 파일에는 이름이 {found}개 있고, 네트워크의 클래스는 {wanted}개입니다.</translation>
    </message>
</context>
<context>
    <name>LoadingModels</name>
    <message>
        <source>Loading the model library…</source>
        <translation>모델 라이브러리를 불러오는 중…</translation>
    </message>
    <message>
        <source>This takes a few seconds after a start. Everything else works already.</source>
        <translation>시작한 뒤 몇 초쯤 걸립니다. 다른 기능은 이미 사용할 수 있습니다.</translation>
    </message>
</context>
<context>
    <name>LoadingState</name>
    <message>
        <source>The next run starts from {name}.</source>
        <translation>다음 실행은 {name}에서 시작합니다.</translation>
    </message>
</context>
<context>
    <name>LoadingView</name>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>No answer yet. If its drive is not connected, cancel and choose another folder.</source>
        <translation>아직 응답이 없습니다. 드라이브가 연결되어 있지 않으면 취소하고 다른 폴더를 고르세요.</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
</context>
<context>
    <name>MakePackDialog</name>
    <message>
        <source>Make a class pack</source>
        <translation>수업 팩 만들기</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>제목</translation>
    </message>
    <message>
        <source>Note to the class</source>
        <translation>수업에 남기는 말</translation>
    </message>
    <message>
        <source>What the class reads when it opens the pack</source>
        <translation>팩을 열 때 학생들이 읽을 말</translation>
    </message>
    <message>
        <source>Networks that go along</source>
        <translation>함께 담을 네트워크</translation>
    </message>
    <message>
        <source>No downloaded weights on this machine; those on board are everywhere.</source>
        <translation>이 컴퓨터에 다운로드한 가중치가 없습니다. 내장 가중치는 어느 TLStudio에나 있습니다.</translation>
    </message>
    <message>
        <source>Begins with</source>
        <translation>시작할 곳</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>선택…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>제거</translation>
    </message>
    <message>
        <source>Writing the pack</source>
        <translation>팩을 쓰는 중</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Make pack…</source>
        <translation>팩 만들기…</translation>
    </message>
    <message>
        <source>One file with all that a class needs; it opens without a network.</source>
        <translation>수업에 필요한 것을 모두 담은 파일 하나입니다. 인터넷 없이 열립니다.</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>메모</translation>
    </message>
    <message>
        <source>Pretrained weights</source>
        <translation>사전 학습 가중치</translation>
    </message>
    <message>
        <source>Quiz</source>
        <translation>퀴즈</translation>
    </message>
    <message>
        <source>No dataset is open</source>
        <translation>열린 데이터셋이 없습니다</translation>
    </message>
    <message>
        <source>“{name}”, which every TLStudio has</source>
        <translation>모든 TLStudio에 있는 “{name}”</translation>
    </message>
    <message>
        <source>Images of “{name}”, as they are used and split now: {count}</source>
        <translation>“{name}”에서 지금 쓰는 이미지 {count}장(분할도 그대로)</translation>
    </message>
    <message>
        <source>Settings: {model}, {strategy}</source>
        <translation>설정: {model}, {strategy}</translation>
    </message>
    <message>
        <source>The images</source>
        <translation>이미지</translation>
    </message>
    <message>
        <source>The quiz</source>
        <translation>퀴즈</translation>
    </message>
    <message>
        <source>The settings start from them.</source>
        <translation>이 설정은 이 가중치에서 시작합니다.</translation>
    </message>
    <message>
        <source>The questions of TLStudio alone</source>
        <translation>TLStudio의 문제만</translation>
    </message>
    <message>
        <source>Weights: {size}</source>
        <translation>가중치: {size}</translation>
    </message>
    <message>
        <source>“{name}” is made: {size}.</source>
        <translation>“{name}”을(를) 만들었습니다: {size}.</translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read.</source>
        <translation>
            <numerusform>%Ln개를 읽지 못했습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Questions of your own</source>
        <translation>직접 만든 문제</translation>
    </message>
</context>
<context>
    <name>MapCanvas</name>
    <message>
        <source>Map of the images</source>
        <translation>이미지 지도</translation>
    </message>
</context>
<context>
    <name>MapGrid</name>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>사진 %Ln장</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MapView</name>
    <message>
        <source>Left out</source>
        <translation>제외됨</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>맞음</translation>
    </message>
    <message>
        <source>Wrong</source>
        <translation>틀림</translation>
    </message>
    <message>
        <source>Not asked</source>
        <translation>예측 없음</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>점검 결과 없음</translation>
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
        <source>Right or wrong</source>
        <translation>맞음/틀림</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>점검 결과</translation>
    </message>
    <message>
        <source>map</source>
        <translation>지도</translation>
    </message>
    <message>
        <source>What dragging does</source>
        <translation>끌 때 하는 일</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>이동</translation>
    </message>
    <message>
        <source>Lasso</source>
        <translation>올가미</translation>
    </message>
    <message>
        <source>Draw around images to choose them (L); Shift adds</source>
        <translation>이미지 둘레를 그려 선택합니다(L). Shift를 누르면 더합니다</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>그림</translation>
    </message>
    <message>
        <source>Pictures at the points where there is room</source>
        <translation>자리가 있는 점에 그림을 보여 줍니다</translation>
    </message>
    <message>
        <source>Everything in sight</source>
        <translation>모두 보기</translation>
    </message>
    <message>
        <source>Everything in sight (0)</source>
        <translation>모두 보기(0)</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>저장…</translation>
    </message>
    <message>
        <source>Colour by</source>
        <translation>색 기준</translation>
    </message>
    <message>
        <source>Click a point, or draw around several with the lasso: they appear here.</source>
        <translation>점을 클릭하거나 올가미로 여러 점의 둘레를 그리면 여기에 나타납니다.</translation>
    </message>
    <message>
        <source>PyTorch is still loading; the map comes in a moment.</source>
        <translation>PyTorch를 불러오는 중입니다. 지도는 곧 나타납니다.</translation>
    </message>
    <message>
        <source>The map is being laid out…</source>
        <translation>지도를 배치하는 중…</translation>
    </message>
    <message>
        <source>The map shows all images as points, alike ones beside each other. For that a network looks at each image once: about {time}.</source>
        <translation>지도는 모든 이미지를 점으로 나타내고 비슷한 이미지끼리 가까이 놓습니다. 이를 위해 네트워크가 이미지를 한 번씩 봅니다. 약 {time} 걸립니다.</translation>
    </message>
    <message>
        <source>Make the map</source>
        <translation>지도 만들기</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>이미지 %Ln장</numerusform>
        </translation>
    </message>
    <message>
        <source>The map is being laid out: {percent}</source>
        <translation>지도를 배치하는 중: {percent}</translation>
    </message>
    <message>
        <source>{count}, not laid out to the end</source>
        <translation>{count}, 끝까지 배치하지 않음</translation>
    </message>
    <message>
        <source>{count}; what is near is alike to {model}</source>
        <translation>{count}. 가까운 것은 {model}에게 비슷한 이미지입니다</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>Lay out</source>
        <translation>배치하기</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>chosen on the map</source>
        <translation>지도에서 선택함</translation>
    </message>
</context>
<context>
    <name>MapViewer</name>
    <message>
        <source>All</source>
        <translation>전체</translation>
    </message>
    <message>
        <source>Back to all (Esc)</source>
        <translation>전체로 돌아가기 (Esc)</translation>
    </message>
    <message>
        <source>Previous (Left)</source>
        <translation>이전 (왼쪽 화살표)</translation>
    </message>
    <message>
        <source>Next (Right)</source>
        <translation>다음 (오른쪽 화살표)</translation>
    </message>
    <message>
        <source>How the map is shown</source>
        <translation>맵 표시 방법</translation>
    </message>
    <message>
        <source>Beside the photo</source>
        <translation>사진 옆에</translation>
    </message>
    <message>
        <source>Over the photo</source>
        <translation>사진 위에</translation>
    </message>
    <message>
        <source>How much the map covers the photo</source>
        <translation>맵이 사진을 덮는 정도</translation>
    </message>
    <message>
        <source>One map, large</source>
        <translation>크게 본 맵</translation>
    </message>
    <message>
        <source>as the network sees it</source>
        <translation>네트워크가 보는 이미지</translation>
    </message>
</context>
<context>
    <name>MatrixSide</name>
    <message>
        <source>Most confused</source>
        <translation>가장 많이 혼동한 쌍</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>이미지 수</translation>
    </message>
    <message>
        <source>% of true class</source>
        <translation>실제 클래스 중 %</translation>
    </message>
    <message>
        <source>% of answers</source>
        <translation>예측 중 %</translation>
    </message>
    <message>
        <source>In the cells</source>
        <translation>칸에 표시할 값</translation>
    </message>
    <message>
        <source>By class</source>
        <translation>클래스 순</translation>
    </message>
    <message>
        <source>By confusion</source>
        <translation>혼동 순</translation>
    </message>
    <message>
        <source>Order of the classes</source>
        <translation>클래스 순서</translation>
    </message>
    <message>
        <source>By class, or so that classes that are confused stand beside each other</source>
        <translation>클래스 순서대로, 또는 서로 혼동하는 클래스가 나란히 오도록</translation>
    </message>
    <message>
        <source>Rows: true class. Columns: answer.</source>
        <translation>행: 실제 클래스, 열: 예측</translation>
    </message>
    <message>
        <source>Nothing is confused</source>
        <translation>혼동한 클래스가 없습니다</translation>
    </message>
</context>
<context>
    <name>MeasureColumn</name>
    <message>
        <source>What is shown beside each layer</source>
        <translation>레이어 옆에 보일 값</translation>
    </message>
    <message>
        <source>Known after a run.</source>
        <translation>학습을 마치면 알 수 있습니다.</translation>
    </message>
</context>
<context>
    <name>MeasureOffer</name>
    <message>
        <source>Measure</source>
        <translation>측정</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Measuring what the network knows</source>
        <translation>네트워크가 아는 것을 측정하는 중</translation>
    </message>
    <message>
        <source>From where on should it train?</source>
        <translation>어디부터 학습하면 좋을까요?</translation>
    </message>
</context>
<context>
    <name>MeasureStrip</name>
    <message>
        <source>Images per second and memory on this machine, with random weights: nothing is downloaded.</source>
        <translation>이 컴퓨터의 초당 이미지 수와 메모리를 무작위 가중치로 잽니다. 아무것도 다운로드하지 않습니다.</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>나란히 보기</translation>
    </message>
    <message>
        <source>The marked networks beside each other in Picture</source>
        <translation>표시한 네트워크를 구조 그림에서 나란히 봅니다</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Measure on this machine</source>
        <translation>이 컴퓨터에서 측정</translation>
    </message>
    <message numerus="yes">
        <source>Measure %n network(s) here</source>
        <translation>
            <numerusform>네트워크 %Ln개 측정</numerusform>
        </translation>
    </message>
    <message>
        <source>Measure the short list ({n})</source>
        <translation>추천 목록 측정({n})</translation>
    </message>
    <message>
        <source>a training step</source>
        <translation>학습 스텝</translation>
    </message>
    <message>
        <source>inference</source>
        <translation>추론</translation>
    </message>
    <message>
        <source>training</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>done</source>
        <translation>완료</translation>
    </message>
    <message>
        <source>{model}: {step} ({n} of {total})</source>
        <translation>{model}: {step}({n}/{total})</translation>
    </message>
    <message>
        <source>How fast they are here is not measured yet.</source>
        <translation>이 컴퓨터에서의 속도는 아직 재지 않았습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n measured on {device}, {precision}, last on {date}</source>
        <translation>
            <numerusform>{device}, {precision}에서 %Ln개 측정, 마지막 {date}</numerusform>
        </translation>
    </message>
    <message>
        <source>The machine was busy with other things while it was measured: {models}.</source>
        <translation>측정하는 동안 컴퓨터가 다른 일로 바빴습니다: {models}.</translation>
    </message>
</context>
<context>
    <name>MeasuringLine</name>
    <message>
        <source>Measure</source>
        <translation>측정</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
</context>
<context>
    <name>MixingPicture</name>
    <message>
        <source>Outputs of the second convolution</source>
        <translation>두 번째 합성곱의 출력</translation>
    </message>
    <message>
        <source>output {number} sees {seen} of {count} maps</source>
        <translation>출력 {number}번: 맵 {count}개 중 {seen}개를 봄</translation>
    </message>
    <message>
        <source>maps that come in</source>
        <translation>입력 맵</translation>
    </message>
    <message>
        <source>after convolution 1</source>
        <translation>합성곱 1 뒤</translation>
    </message>
    <message>
        <source>after the shuffle</source>
        <translation>섞은 뒤</translation>
    </message>
    <message>
        <source>as they were</source>
        <translation>섞지 않음</translation>
    </message>
    <message>
        <source>after convolution 2</source>
        <translation>합성곱 2 뒤</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>“From scratch” needs no weights.</source>
        <translation>“처음부터 학습”에는 가중치가 필요 없습니다.</translation>
    </message>
    <message>
        <source>Train from scratch</source>
        <translation>처음부터 학습하기</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>입력</translation>
    </message>
    <message>
        <source>A large network: its values alone take {size} of memory, and training several times as much.</source>
        <translation>큰 네트워크입니다. 값만으로도 메모리 {size}가 필요하고, 학습에는 그 몇 배가 듭니다.</translation>
    </message>
    <message>
        <source>{parameters} parameters</source>
        <translation>파라미터 {parameters}</translation>
    </message>
    <message>
        <source>{gflops} GFLOPs</source>
        <translation>{gflops} GFLOPs</translation>
    </message>
    <message>
        <source>{parameters} parameters ({all} with auxiliary classifier)</source>
        <translation>파라미터 {parameters} (보조 분류기 포함 {all})</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>흑백</translation>
    </message>
    <message>
        <source>red, green, blue</source>
        <translation>컬러(RGB)</translation>
    </message>
    <message>
        <source>squashed</source>
        <translation>전체 맞춤</translation>
    </message>
    <message>
        <source>stem for tiny images</source>
        <translation>작은 이미지용 스템</translation>
    </message>
    <message>
        <source>Input: {facts}</source>
        <translation>입력: {facts}</translation>
    </message>
    <message>
        <source>Squash to {crop} × {crop} px, {interpolation}; mean {mean}; std {std}</source>
        <translation>{crop} × {crop} px로 전체 맞춤, {interpolation}; 평균 {mean}; 표준편차 {std}</translation>
    </message>
    <message>
        <source>Download weights ({size})</source>
        <translation>가중치 다운로드({size})</translation>
    </message>
    <message>
        <source>Download weights</source>
        <translation>가중치 다운로드</translation>
    </message>
    <message>
        <source>Weights {place}</source>
        <translation>가중치: {place}</translation>
    </message>
    <message>
        <source>Pretrained weights</source>
        <translation>사전 학습 가중치</translation>
    </message>
    <message>
        <source>Resize {resize} px, crop {crop} px, {interpolation}; mean {mean}; std {std}</source>
        <translation>크기 조정 {resize}px, 자르기 {crop}px, {interpolation}; 평균 {mean}; 표준편차 {std}</translation>
    </message>
</context>
<context>
    <name>ModelFilterBar</name>
    <message>
        <source>Search, or a list: 64 M 128 M</source>
        <translation>검색 또는 목록: 64 M 128 M</translation>
    </message>
    <message>
        <source>Search models</source>
        <translation>모델 검색</translation>
    </message>
    <message>
        <source>Words of a name, a family or a library; or a VGG of your own as a list, such as 64 M 128 M 256 256 M</source>
        <translation>이름, 계열, 라이브러리의 단어. 또는 64 M 128 M 256 256 M처럼 목록으로 쓴 나만의 VGG</translation>
    </message>
    <message>
        <source>Filters</source>
        <translation>필터</translation>
    </message>
    <message>
        <source>Part of the catalog</source>
        <translation>카탈로그의 범위</translation>
    </message>
    <message>
        <source>Short list</source>
        <translation>추천</translation>
    </message>
    <message>
        <source>Classics</source>
        <translation>고전 모델</translation>
    </message>
    <message>
        <source>All</source>
        <translation>전체</translation>
    </message>
    <message>
        <source>One or two of each idea, small to middling: a good start</source>
        <translation>아이디어마다 한두 개씩, 크기는 작거나 중간: 시작하기 좋습니다</translation>
    </message>
    <message>
        <source>Networks of PyTorch&apos;s own library</source>
        <translation>PyTorch 공식 라이브러리의 네트워크</translation>
    </message>
    <message>
        <source>The largest collection of image classifiers</source>
        <translation>가장 큰 이미지 분류기 모음</translation>
    </message>
    <message>
        <source>Networks of famous papers that no library ships</source>
        <translation>유명한 논문에 나오지만 어느 라이브러리에도 없는 네트워크</translation>
    </message>
    <message>
        <source>The whole catalog</source>
        <translation>카탈로그 전체</translation>
    </message>
</context>
<context>
    <name>ModelFilterPopup</name>
    <message>
        <source>Family</source>
        <translation>계열</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>파라미터</translation>
    </message>
    <message>
        <source>Input size</source>
        <translation>입력 크기</translation>
    </message>
    <message>
        <source>With pretrained weights</source>
        <translation>사전 학습 가중치가 있음</translation>
    </message>
    <message>
        <source>Weights on this machine</source>
        <translation>이 컴퓨터에 가중치가 있음</translation>
    </message>
    <message>
        <source>Any</source>
        <translation>전체</translation>
    </message>
    <message>
        <source>At most {value}</source>
        <translation>{value} 이하</translation>
    </message>
    <message>
        <source>{family} ({count})</source>
        <translation>{family} ({count})</translation>
    </message>
</context>
<context>
    <name>ModelLine</name>
    <message>
        <source>change</source>
        <translation>변경</translation>
    </message>
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
        <source>Choose</source>
        <translation>선택</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>비교</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>순위</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>레이어</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>구조 그림</translation>
    </message>
    <message>
        <source>What it sees</source>
        <translation>네트워크가 보는 것</translation>
    </message>
    <message>
        <source>View</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Weights…</source>
        <translation>가중치…</translation>
    </message>
    <message>
        <source>See, download, import and remove pretrained weights</source>
        <translation>사전 학습 가중치를 보고, 다운로드하고, 가져오고, 삭제합니다</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
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
        <source>Library</source>
        <translation>라이브러리</translation>
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
        <source>Top-1</source>
        <translation>Top-1</translation>
    </message>
    <message>
        <source>Year</source>
        <translation>연도</translation>
    </message>
    <message>
        <source>Accuracy on ImageNet-1k of its default weights, as its library states it</source>
        <translation>기본 가중치의 ImageNet-1k 정확도(라이브러리가 밝힌 값)</translation>
    </message>
    <message>
        <source>When its family was first published</source>
        <translation>이 계열이 처음 발표된 해</translation>
    </message>
    <message>
        <source>Where the pretrained weights are, and how many sets there are</source>
        <translation>사전 학습 가중치가 있는 곳과 그 개수</translation>
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
        <source>Who builds it; the classics are the studio&apos;s own</source>
        <translation>네트워크를 제공하는 곳입니다. 고전 모델은 TLStudio가 직접 구현했습니다</translation>
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
</context>
<context>
    <name>MorePopup</name>
    <message>
        <source>Adjust the augmentation</source>
        <translation>데이터 증강 조정</translation>
    </message>
    <message>
        <source>Strategy</source>
        <translation>전략</translation>
    </message>
    <message>
        <source>More settings</source>
        <translation>추가 설정</translation>
    </message>
</context>
<context>
    <name>NeighbourStrip</name>
    <message>
        <source>Nearest training images</source>
        <translation>가장 가까운 학습 이미지</translation>
    </message>
    <message>
        <source>{name}, distance {distance}</source>
        <translation>{name}, 거리 {distance}</translation>
    </message>
</context>
<context>
    <name>NeighboursState</name>
    <message>
        <source>They are shown when the dataset that the model was trained on is open.</source>
        <translation>모델을 학습한 데이터셋을 열면 표시됩니다.</translation>
    </message>
    <message>
        <source>They come when what is running now is over.</source>
        <translation>지금 실행 중인 작업이 끝나면 표시됩니다.</translation>
    </message>
    <message>
        <source>Looking for them…</source>
        <translation>찾는 중…</translation>
    </message>
    <message>
        <source>Looking for them: {done} of {total} images</source>
        <translation>찾는 중: 이미지 {total}장 중 {done}장</translation>
    </message>
</context>
<context>
    <name>NetworkEyeView</name>
    <message>
        <source>What is shown</source>
        <translation>보여 줄 것</translation>
    </message>
    <message>
        <source>Many images</source>
        <translation>여러 이미지</translation>
    </message>
    <message>
        <source>One image</source>
        <translation>이미지 하나</translation>
    </message>
    <message>
        <source>As the numbers are</source>
        <translation>값 그대로</translation>
    </message>
    <message>
        <source>The numbers that the network is given, without going back to colours</source>
        <translation>색으로 되돌리지 않은, 네트워크에 입력되는 값</translation>
    </message>
    <message>
        <source>Another image</source>
        <translation>다른 이미지</translation>
    </message>
    <message>
        <source>The next training image</source>
        <translation>다음 학습 이미지</translation>
    </message>
    <message>
        <source>Shuffle</source>
        <translation>섞기</translation>
    </message>
    <message>
        <source>Other images and other variations</source>
        <translation>다른 이미지와 다른 변형을 봅니다</translation>
    </message>
    <message>
        <source>Adjust</source>
        <translation>조정</translation>
    </message>
    <message>
        <source>The settings of the augmentation, beside it</source>
        <translation>데이터 증강 설정을 옆에 표시</translation>
    </message>
    <message>
        <source>Images as the network sees them</source>
        <translation>네트워크가 보는 이미지</translation>
    </message>
    <message>
        <source>Settings of the augmentation</source>
        <translation>데이터 증강 설정</translation>
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
    <message>
        <source>The numbers that the network is given: 0 is grey, {low} and less black, {high} and more white. Hold the mouse over a picture for its channels.</source>
        <translation>네트워크에 입력되는 값입니다. 0은 회색, {low} 이하는 검은색, {high} 이상은 흰색입니다. 그림 위에 마우스를 올리면 채널별 값이 보입니다.</translation>
    </message>
    <message>
        <source>{name}: first as validation sees it, then in {count} variations. Drop another image here, or double-click one in “{many}”.</source>
        <translation>{name}: 먼저 검증에서 보는 모습, 그다음 변형 {count}개입니다. 다른 이미지를 여기에 끌어다 놓거나 ‘{many}’에서 두 번 클릭하세요.</translation>
    </message>
    <message>
        <source>Double-click an image to see what else becomes of it.</source>
        <translation>이미지를 두 번 클릭하면 그 이미지의 여러 변형을 볼 수 있습니다.</translation>
    </message>
    <message>
        <source>There are no training images to be shown here.</source>
        <translation>여기에 보여 줄 학습 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>As validation sees it</source>
        <translation>검증에서 보는 모습</translation>
    </message>
    <message>
        <source>There is no room for them here: “What trains” has them under “More”.</source>
        <translation>여기에는 설정을 표시할 공간이 없습니다. ‘학습 대상’의 ‘더 보기’에 있습니다.</translation>
    </message>
</context>
<context>
    <name>NetworkSearch</name>
    <message>
        <source>Search networks</source>
        <translation>네트워크 검색</translation>
    </message>
    <message>
        <source>Networks</source>
        <translation>네트워크</translation>
    </message>
</context>
<context>
    <name>NetworkStrip</name>
    <message>
        <source>What trains of the network</source>
        <translation>네트워크에서 학습하는 부분</translation>
    </message>
    <message>
        <source>trains: {names}</source>
        <translation>학습: {names}</translation>
    </message>
</context>
<context>
    <name>NewDatasetPage</name>
    <message>
        <source>My dataset</source>
        <translation>내 데이터셋</translation>
    </message>
    <message>
        <source>Name of the dataset</source>
        <translation>데이터셋 이름</translation>
    </message>
    <message>
        <source>Elsewhere…</source>
        <translation>다른 곳…</translation>
    </message>
    <message>
        <source>Make it</source>
        <translation>만들기</translation>
    </message>
    <message>
        <source>Add to a folder of class folders…</source>
        <translation>클래스 폴더가 있는 폴더에 추가…</translation>
    </message>
    <message>
        <source>Make a dataset</source>
        <translation>데이터셋 만들기</translation>
    </message>
    <message>
        <source>A folder on your disk with a folder for each class. Put images into them from files, the clipboard, a video or the camera; everything can be undone.</source>
        <translation>클래스마다 폴더가 있는 내 디스크의 폴더입니다. 파일, 클립보드, 동영상, 카메라에서 이미지를 넣으세요. 모든 것을 실행 취소할 수 있습니다.</translation>
    </message>
    <message>
        <source>Folder for the new dataset</source>
        <translation>새 데이터셋을 둘 폴더</translation>
    </message>
    <message>
        <source>A folder of class folders</source>
        <translation>클래스 폴더가 있는 폴더</translation>
    </message>
</context>
<context>
    <name>NextAction</name>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>End after this batch; what was learned is kept</source>
        <translation>이 배치를 마치고 끝냅니다. 학습한 내용은 유지됩니다</translation>
    </message>
    <message>
        <source>Try a photo</source>
        <translation>사진으로 시험</translation>
    </message>
    <message>
        <source>Choose a dataset</source>
        <translation>데이터셋 선택</translation>
    </message>
    <message>
        <source>Train again</source>
        <translation>다시 학습</translation>
    </message>
    <message>
        <source>Settings or data are not those of the model in hand</source>
        <translation>설정이나 데이터가 현재 모델을 학습한 때와 다릅니다</translation>
    </message>
    <message>
        <source>See the results</source>
        <translation>결과 보기</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>Start training with the current settings</source>
        <translation>현재 설정으로 학습을 시작합니다</translation>
    </message>
</context>
<context>
    <name>NoModels</name>
    <message>
        <source>No model matches here</source>
        <translation>여기에는 맞는 모델이 없습니다</translation>
    </message>
    <message numerus="yes">
        <source>%n model(s) match in the rest of the catalog.</source>
        <translation>
            <numerusform>카탈로그의 나머지에서 모델 %Ln개가 검색됩니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Show them</source>
        <translation>보기</translation>
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
        <source>Clear search and filters</source>
        <translation>검색어와 필터 지우기</translation>
    </message>
    <message>
        <source>Clear search</source>
        <translation>검색어 지우기</translation>
    </message>
</context>
<context>
    <name>NormalisationLesson</name>
    <message>
        <source>As trained</source>
        <translation>학습 때와 같게</translation>
    </message>
    <message>
        <source>ImageNet</source>
        <translation>ImageNet</translation>
    </message>
    <message>
        <source>0 to 1</source>
        <translation>0~1</translation>
    </message>
    <message>
        <source>0 to 255</source>
        <translation>0~255</translation>
    </message>
    <message>
        <source>Normalisation</source>
        <translation>정규화</translation>
    </message>
    <message>
        <source>By hand</source>
        <translation>직접</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>평균</translation>
    </message>
    <message>
        <source>Standard deviation</source>
        <translation>표준편차</translation>
    </message>
    <message>
        <source>Photo with the pixel that is followed</source>
        <translation>추적하는 픽셀이 표시된 사진</translation>
    </message>
    <message>
        <source>The numbers that the network gets</source>
        <translation>네트워크가 받는 수</translation>
    </message>
    <message>
        <source>What the network says</source>
        <translation>네트워크의 답</translation>
    </message>
    <message>
        <source>All numbers of the input</source>
        <translation>입력의 모든 수</translation>
    </message>
    <message>
        <source>As trained, it says: {name}, {percent} %.</source>
        <translation>학습 때와 같게 하면: {name}, {percent} %</translation>
    </message>
    <message>
        <source>red of the pixel</source>
        <translation>픽셀의 빨강</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>사진</translation>
    </message>
    <message>
        <source>As numbers, −2.5 black to 2.5 white</source>
        <translation>수로 본 그림, 검정 −2.5 ~ 흰색 2.5</translation>
    </message>
</context>
<context>
    <name>NormsField</name>
    <message>
        <source>A frozen layer keeps its means and variances as well: it computes exactly what it did before.</source>
        <translation>고정된 레이어는 평균과 분산도 그대로 둡니다. 전과 똑같이 계산합니다.</translation>
    </message>
    <message>
        <source>No layer changes its means and variances, not even those that train; steady where batches are small.</source>
        <translation>학습하는 레이어까지 포함해 어떤 레이어도 평균과 분산을 바꾸지 않습니다. 배치가 작을 때 안정적입니다.</translation>
    </message>
    <message>
        <source>Frozen layers follow the means and variances of your images: the network drifts although its weights are frozen, and its features cannot be kept.</source>
        <translation>고정된 레이어도 내 이미지의 평균과 분산을 따라갑니다. 가중치는 고정되어도 네트워크가 달라지며, 특징을 저장해 둘 수 없습니다.</translation>
    </message>
</context>
<context>
    <name>NoveltyHistogram</name>
    <message>
        <source>Distances to the training images</source>
        <translation>학습 이미지와의 거리</translation>
    </message>
    <message>
        <source>cosine distance to the ten nearest training images</source>
        <translation>가장 가까운 학습 이미지 10장과의 코사인 거리</translation>
    </message>
    <message>
        <source>your photos ({count})</source>
        <translation>내 사진 ({count}장)</translation>
    </message>
    <message>
        <source>foreign photos ({count})</source>
        <translation>다른 종류의 사진 ({count}장)</translation>
    </message>
    <message>
        <source>refused from here on</source>
        <translation>여기부터 거부</translation>
    </message>
</context>
<context>
    <name>NoveltyView</name>
    <message>
        <source>Measure</source>
        <translation>측정</translation>
    </message>
    <message>
        <source>Let it say “None of these”</source>
        <translation>“해당 없음”이라고 답하게 하기</translation>
    </message>
    <message>
        <source>The validation images show how far photos of your kind lie from the training images. What lies further is refused.</source>
        <translation>검증 이미지로 같은 종류의 사진이 학습 이미지에서 얼마나 떨어져 있는지 측정합니다. 그보다 멀리 있는 사진은 거부합니다.</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>측정 중</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Answer “None of these”</source>
        <translation>“해당 없음”이라고 답하기</translation>
    </message>
    <message>
        <source>Share of your own photos that may be refused</source>
        <translation>거부될 수 있는 내 사진의 비율</translation>
    </message>
    <message>
        <source>Measure again</source>
        <translation>다시 측정</translation>
    </message>
    <message>
        <source>Foreign photos…</source>
        <translation>다른 종류의 사진…</translation>
    </message>
    <message>
        <source>{done} of {total} images</source>
        <translation>이미지 {total}장 중 {done}장</translation>
    </message>
    <message>
        <source>At most {level} of your kind of photos are refused.</source>
        <translation>같은 종류의 사진은 최대 {level}만 거부됩니다.</translation>
    </message>
    <message>
        <source>{images} validation images are too few for that: {needed} are needed, and nothing is refused.</source>
        <translation>검증 이미지 {images}장으로는 부족합니다. {needed}장이 필요하며, 지금은 아무것도 거부하지 않습니다.</translation>
    </message>
    <message>
        <source>Measured on {images} validation images.</source>
        <translation>검증 이미지 {images}장으로 측정했습니다.</translation>
    </message>
    <message>
        <source>One limit for {classes} together: each has few images.</source>
        <translation>{classes}에는 공통 한계를 씁니다. 각각의 이미지가 적기 때문입니다.</translation>
    </message>
    <message>
        <source>{part} of {whole} training images travel with the weights.</source>
        <translation>학습 이미지 {whole}장 중 {part}장의 특징이 가중치와 함께 저장됩니다.</translation>
    </message>
    <message>
        <source>Refused of “{name}”</source>
        <translation>“{name}”에서 거부된 비율</translation>
    </message>
    <message>
        <source>Does it work?</source>
        <translation>잘 작동하나요?</translation>
    </message>
    <message>
        <source>The first is what the studio uses; the others are the usual ways beside it.</source>
        <translation>첫째가 TLStudio에서 쓰는 방법이고, 나머지는 비교를 위한 흔한 방법입니다.</translation>
    </message>
    <message>
        <source>Choose a folder of photos that belong to none of the classes.</source>
        <translation>어느 클래스에도 속하지 않는 사진이 든 폴더를 고르세요.</translation>
    </message>
    <message>
        <source>Open the dataset that the model was trained on first.</source>
        <translation>먼저 모델을 학습한 데이터셋을 여세요.</translation>
    </message>
    <message>
        <source>Photos of none of the classes</source>
        <translation>어느 클래스에도 속하지 않는 사진</translation>
    </message>
</context>
<context>
    <name>OfferLine</name>
    <message>
        <source>Do not offer this again</source>
        <translation>다시 권하지 않기</translation>
    </message>
    <message>
        <source>New here? Take the tour</source>
        <translation>처음이신가요? 따라 하기</translation>
    </message>
    <message>
        <source>What&apos;s new in {version}</source>
        <translation>{version}의 새로운 기능</translation>
    </message>
</context>
<context>
    <name>OpenPackDialog</name>
    <message>
        <source>Open a class pack</source>
        <translation>수업 팩 열기</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>바꾸기…</translation>
    </message>
    <message>
        <source>Opening the pack</source>
        <translation>팩을 여는 중</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>열기</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>폴더</translation>
    </message>
    <message>
        <source>It can be opened when the run is over.</source>
        <translation>실행이 끝나면 열 수 있습니다.</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>이미지</translation>
    </message>
    <message>
        <source>{count} of “{name}”, {size}</source>
        <translation>“{name}”의 {count}장, {size}</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>가중치</translation>
    </message>
    <message>
        <source>{model}, {strategy}, {epochs} epochs. Undo brings yours back.</source>
        <translation>{model}, {strategy}, {epochs}에포크. 실행 취소로 원래 설정을 되찾을 수 있습니다.</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>설정</translation>
    </message>
    <message>
        <source>Begins with</source>
        <translation>시작할 곳</translation>
    </message>
    <message>
        <source>Quiz</source>
        <translation>퀴즈</translation>
    </message>
    <message>
        <source>Questions of the class</source>
        <translation>수업의 문제</translation>
    </message>
    <message>
        <source>It was opened before; its files are still there.</source>
        <translation>전에 연 적이 있으며 파일이 그대로 있습니다.</translation>
    </message>
    <message>
        <source>here already</source>
        <translation>이미 있음</translation>
    </message>
    <message numerus="yes">
        <source>and %n other(s)</source>
        <translation>
            <numerusform>외 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>Where the folder of the class goes</source>
        <translation>수업 폴더를 둘 곳</translation>
    </message>
</context>
<context>
    <name>PaddingLesson</name>
    <message>
        <source>Same size</source>
        <translation>같은 크기</translation>
    </message>
    <message>
        <source>LeNet-5</source>
        <translation>LeNet-5</translation>
    </message>
    <message>
        <source>VGG</source>
        <translation>VGG</translation>
    </message>
    <message>
        <source>ResNet</source>
        <translation>ResNet</translation>
    </message>
    <message>
        <source>AlexNet</source>
        <translation>AlexNet</translation>
    </message>
    <message>
        <source>AlexNet, in its paper</source>
        <translation>AlexNet(논문)</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>레이어</translation>
    </message>
    <message>
        <source>Photo with padding and window</source>
        <translation>패딩과 커널이 있는 사진</translation>
    </message>
    <message>
        <source>Feature map</source>
        <translation>특징 맵</translation>
    </message>
    <message>
        <source>Picture n</source>
        <translation>입력 크기 n</translation>
    </message>
    <message>
        <source>Kernel k</source>
        <translation>커널 k</translation>
    </message>
    <message>
        <source>Padding p</source>
        <translation>패딩 p</translation>
    </message>
    <message>
        <source>Stride s</source>
        <translation>스트라이드 s</translation>
    </message>
    <message>
        <source>{n} × {n}, with zeros {m} × {m}</source>
        <translation>{n} × {n}, 0을 둘러 {m} × {m}</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>없음</translation>
    </message>
    <message>
        <source>The kernel is larger than the picture.</source>
        <translation>커널이 입력보다 큽니다.</translation>
    </message>
    <message numerus="yes">
        <source>The stride skips the last %n row(s) and column(s).</source>
        <translation>
            <numerusform>스트라이드 때문에 마지막 %Ln개의 행과 열은 쓰이지 않습니다.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PairsList</name>
    <message>
        <source>Most confused</source>
        <translation>가장 많이 혼동한 쌍</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>Find a command, page, model, layer, class or setting</source>
        <translation>명령, 페이지, 모델, 레이어, 클래스, 설정 찾기</translation>
    </message>
    <message>
        <source>Find anything</source>
        <translation>무엇이든 찾기</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>찾은 것</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>찾은 것이 없습니다</translation>
    </message>
</context>
<context>
    <name>PaperPage</name>
    <message>
        <source>See {network} as a picture</source>
        <translation>{network} 그림으로 보기</translation>
    </message>
    <message>
        <source>In the paper</source>
        <translation>논문</translation>
    </message>
    <message>
        <source>In slides</source>
        <translation>강의 자료</translation>
    </message>
    <message>
        <source>Here, counted</source>
        <translation>여기서 센 값</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>이유</translation>
    </message>
    <message>
        <source>In the paper, in your slide, here</source>
        <translation>논문, 강의 자료, 여기</translation>
    </message>
    <message>
        <source>Opens {url} in the browser</source>
        <translation>브라우저에서 {url} 열기</translation>
    </message>
</context>
<context>
    <name>PhaseTable</name>
    <message>
        <source>From epoch</source>
        <translation>시작 에포크</translation>
    </message>
    <message>
        <source>Begins to train</source>
        <translation>학습 시작</translation>
    </message>
    <message>
        <source>Trainable parameters</source>
        <translation>학습 가능한 파라미터</translation>
    </message>
    <message>
        <source>Time per epoch</source>
        <translation>에포크당 시간</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>메모리</translation>
    </message>
    <message>
        <source>Phases of the plan</source>
        <translation>계획의 구간</translation>
    </message>
</context>
<context>
    <name>PictureGrid</name>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>사진 %Ln장</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PictureView</name>
    <message>
        <source>How much is opened</source>
        <translation>펼치는 정도</translation>
    </message>
    <message>
        <source>Stages</source>
        <translation>스테이지</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>블록</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>레이어</translation>
    </message>
    <message>
        <source>What flows where can&apos;t be followed in this network; its modules stand in order.</source>
        <translation>이 네트워크에서는 데이터의 흐름을 따라갈 수 없어 모듈을 순서대로 보여 줍니다.</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>작게</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>크게</translation>
    </message>
    <message>
        <source>The whole picture</source>
        <translation>그림 전체</translation>
    </message>
    <message>
        <source>Save picture</source>
        <translation>그림 저장</translation>
    </message>
    <message>
        <source>As a drawing (SVG)…</source>
        <translation>벡터 그림으로 (SVG)…</translation>
    </message>
    <message>
        <source>As an image (PNG)…</source>
        <translation>이미지로 (PNG)…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
    <message>
        <source>Drawing the network…</source>
        <translation>네트워크를 그리는 중…</translation>
    </message>
    <message>
        <source>Loading the model library…</source>
        <translation>모델 라이브러리를 불러오는 중…</translation>
    </message>
    <message>
        <source>Click a box to choose it, double-click to open or close it.</source>
        <translation>상자를 누르면 선택하고, 두 번 누르면 펼치거나 접습니다.</translation>
    </message>
</context>
<context>
    <name>PixelPicture</name>
    <message>
        <source>column {x}, row {y}</source>
        <translation>{x}열 {y}행</translation>
    </message>
</context>
<context>
    <name>PlanChart</name>
    <message>
        <source>epoch {n}</source>
        <translation>에포크 {n}</translation>
    </message>
    <message>
        <source>Plan of the run: stages over the epochs</source>
        <translation>학습 계획: 에포크별 스테이지</translation>
    </message>
    <message>
        <source>Epoch {n}</source>
        <translation>에포크 {n}</translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation>학습률</translation>
    </message>
</context>
<context>
    <name>PlanLegend</name>
    <message>
        <source>pretrained</source>
        <translation>사전 학습</translation>
    </message>
    <message>
        <source>random at first</source>
        <translation>무작위 값에서</translation>
    </message>
    <message>
        <source>a probe at first</source>
        <translation>프로브에서</translation>
    </message>
    <message>
        <source>frozen</source>
        <translation>고정</translation>
    </message>
    <message>
        <source>statistics frozen</source>
        <translation>통계 고정</translation>
    </message>
    <message>
        <source>move in part</source>
        <translation>일부 갱신</translation>
    </message>
    <message>
        <source>statistics move</source>
        <translation>통계 갱신</translation>
    </message>
</context>
<context>
    <name>PlanTexts</name>
    <message>
        <source>everything</source>
        <translation>전체</translation>
    </message>
    <message>
        <source>everything else</source>
        <translation>나머지 전체</translation>
    </message>
    <message>
        <source>{first} to {last}</source>
        <translation>{first}부터 {last}까지</translation>
    </message>
    <message numerus="yes">
        <source>%n stage(s)</source>
        <translation>
            <numerusform>스테이지 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>{layers} joins</source>
        <translation>{layers} 합류</translation>
    </message>
    <message>
        <source>epoch {n}</source>
        <translation>에포크 {n}</translation>
    </message>
    <message>
        <source>frozen</source>
        <translation>고정</translation>
    </message>
    <message>
        <source>learning rate {rate}</source>
        <translation>학습률 {rate}</translation>
    </message>
    <message>
        <source>{n} parameters</source>
        <translation>파라미터 {n}개</translation>
    </message>
    <message>
        <source>{n} of {total} parameters</source>
        <translation>파라미터 {total}개 중 {n}개</translation>
    </message>
    <message>
        <source>statistics frozen</source>
        <translation>통계 고정</translation>
    </message>
    <message>
        <source>statistics move in part</source>
        <translation>통계 일부 갱신</translation>
    </message>
    <message>
        <source>statistics move</source>
        <translation>통계 갱신</translation>
    </message>
</context>
<context>
    <name>PlanView</name>
    <message>
        <source>Train</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>Nothing would train</source>
        <translation>학습할 것이 없습니다</translation>
    </message>
    <message>
        <source>Loading the model library…</source>
        <translation>모델 라이브러리를 불러오는 중…</translation>
    </message>
    <message>
        <source>Building the layer tree…</source>
        <translation>레이어 트리를 만드는 중…</translation>
    </message>
    <message>
        <source>With a dataset, this says what the run would take.</source>
        <translation>데이터셋을 열면 학습에 얼마나 걸릴지 여기에 표시됩니다.</translation>
    </message>
    <message>
        <source>Point at a stage to read its learning rate in an epoch.</source>
        <translation>스테이지에 마우스를 올리면 그 에포크의 학습률을 볼 수 있습니다.</translation>
    </message>
</context>
<context>
    <name>PointwiseLesson</name>
    <message>
        <source>red</source>
        <translation>빨강</translation>
    </message>
    <message>
        <source>green</source>
        <translation>초록</translation>
    </message>
    <message>
        <source>blue</source>
        <translation>파랑</translation>
    </message>
    <message>
        <source>sum</source>
        <translation>합</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>가중치</translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation>밝기</translation>
    </message>
    <message>
        <source>black {low}, white {high}</source>
        <translation>검정 {low}, 하양 {high}</translation>
    </message>
    <message>
        <source>the map that comes out</source>
        <translation>출력 맵</translation>
    </message>
</context>
<context>
    <name>PoolingLesson</name>
    <message>
        <source>Maximum</source>
        <translation>최대</translation>
    </message>
    <message>
        <source>Average</source>
        <translation>평균</translation>
    </message>
    <message>
        <source>Pooling</source>
        <translation>풀링</translation>
    </message>
    <message>
        <source>Pooling window</source>
        <translation>풀링 창</translation>
    </message>
    <message>
        <source>No pooling</source>
        <translation>풀링 없음</translation>
    </message>
    <message>
        <source>Global</source>
        <translation>전역</translation>
    </message>
    <message>
        <source>Photo with the frame that is seen</source>
        <translation>네트워크가 보는 틀이 있는 사진</translation>
    </message>
    <message>
        <source>Map before the shift</source>
        <translation>이동 전 맵</translation>
    </message>
    <message>
        <source>Map after the shift</source>
        <translation>이동 후 맵</translation>
    </message>
    <message>
        <source>What stays after a shift</source>
        <translation>이동한 뒤 유지되는 비율</translation>
    </message>
    <message>
        <source>shift to the right, in pixels</source>
        <translation>오른쪽 이동(픽셀)</translation>
    </message>
    <message>
        <source>pooled</source>
        <translation>풀링 후</translation>
    </message>
    <message>
        <source>without pooling</source>
        <translation>풀링 없이</translation>
    </message>
    <message>
        <source>Shift: {shift} px</source>
        <translation>이동: {shift} px</translation>
    </message>
    <message>
        <source>stays</source>
        <translation>유지</translation>
    </message>
    <message>
        <source>Pooled edges before the shift</source>
        <translation>이동 전: 풀링한 윤곽</translation>
    </message>
    <message>
        <source>After it; what changed is coloured</source>
        <translation>이동 후: 달라진 곳은 색으로</translation>
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
    <name>PredictionTable</name>
    <message>
        <source>Predictions</source>
        <translation>예측</translation>
    </message>
    <message>
        <source>File</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>예측</translation>
    </message>
    <message>
        <source>Sure</source>
        <translation>확신</translation>
    </message>
    <message>
        <source>The probability of the answer</source>
        <translation>예측한 클래스의 확률</translation>
    </message>
    <message>
        <source>True class</source>
        <translation>정답 클래스</translation>
    </message>
    <message>
        <source>Second</source>
        <translation>두 번째</translation>
    </message>
    <message>
        <source>Distance</source>
        <translation>거리</translation>
    </message>
    <message>
        <source>How far it is from the training images</source>
        <translation>학습 이미지에서 떨어진 정도</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>폴더</translation>
    </message>
    <message>
        <source>None of these</source>
        <translation>해당 없음</translation>
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
    <name>PreferencesDialog</name>
    <message>
        <source>Preferences</source>
        <translation>환경설정</translation>
    </message>
    <message>
        <source>Groups of preferences</source>
        <translation>환경설정 항목</translation>
    </message>
    <message>
        <source>Reset this page</source>
        <translation>이 페이지 초기화</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Kept features</source>
        <translation>저장한 특징</translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>비우기</translation>
    </message>
    <message>
        <source>Measurements and rankings</source>
        <translation>측정값과 순위</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>Clean up…</source>
        <translation>정리…</translation>
    </message>
    <message>
        <source>Pretrained weights</source>
        <translation>사전 학습 가중치</translation>
    </message>
    <message>
        <source>Manage…</source>
        <translation>관리…</translation>
    </message>
    <message>
        <source>On this machine now</source>
        <translation>현재 이 컴퓨터에</translation>
    </message>
    <message>
        <source>Changes hold from the next download on.</source>
        <translation>변경 사항은 다음 다운로드부터 적용됩니다.</translation>
    </message>
    <message>
        <source>TLStudio sends nothing anywhere: no telemetry, no statistics, no search for updates. It connects to the internet only to download pretrained weights, when you ask for them. Your images never leave this machine.</source>
        <translation>TLStudio는 아무것도 어디에도 보내지 않습니다. 원격 측정도, 통계도, 업데이트 확인도 없습니다. 요청하신 사전 학습 가중치를 다운로드할 때만 인터넷에 연결하며, 이미지는 이 컴퓨터를 떠나지 않습니다.</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>지우기</translation>
    </message>
    <message>
        <source>Datasets opened before</source>
        <translation>이전에 연 데이터셋</translation>
    </message>
    <message>
        <source>Folders last opened and saved to</source>
        <translation>최근에 열거나 저장한 폴더</translation>
    </message>
    <message>
        <source>What was chosen in Find anything</source>
        <translation>‘무엇이든 찾기’에서 고른 항목</translation>
    </message>
    <message>
        <source>Remembered on this machine</source>
        <translation>이 컴퓨터에 기억하는 내용</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>자동</translation>
    </message>
    <message>
        <source>Found here:</source>
        <translation>이 컴퓨터의 장치:</translation>
    </message>
    <message>
        <source>The folders of torch and of the Hugging Face hub</source>
        <translation>torch와 Hugging Face 허브의 폴더</translation>
    </message>
    <message>
        <source>Not while a run goes on or a folder is moved.</source>
        <translation>실행 중이거나 폴더를 옮기는 동안에는 할 수 없습니다.</translation>
    </message>
    <message>
        <source>measuring…</source>
        <translation>측정 중…</translation>
    </message>
    <message>
        <source>All runs fit into the space given to them.</source>
        <translation>모든 실행이 정해진 공간 안에 있습니다.</translation>
    </message>
    <message>
        <source>Take the reset back</source>
        <translation>초기화 취소</translation>
    </message>
    <message>
        <source>What was kept stays where it is.</source>
        <translation>보관된 것은 원래 위치에 그대로 있습니다.</translation>
    </message>
    <message>
        <source>What is kept in the folder used until now: move it, or leave it there?</source>
        <translation>지금까지 쓰던 폴더에 있는 것을 옮길까요, 그대로 둘까요?</translation>
    </message>
    <message>
        <source>Other programs use it, too: it is copied, and stays there as well.</source>
        <translation>다른 프로그램도 사용하므로 복사하고, 원래 위치에도 남겨 둡니다.</translation>
    </message>
    <message>
        <source>What is left there is not lost: choose that folder again, and it is back.</source>
        <translation>그대로 두어도 사라지지 않습니다. 그 폴더를 다시 고르면 돌아옵니다.</translation>
    </message>
    <message>
        <source>Copy it</source>
        <translation>복사</translation>
    </message>
    <message>
        <source>Move it</source>
        <translation>옮기기</translation>
    </message>
    <message>
        <source>Leave it there</source>
        <translation>그대로 두기</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>No run may be offered for deletion.</source>
        <translation>지울 수 있는 실행이 없습니다.</translation>
    </message>
    <message>
        <source>All have a star, go on, or lie elsewhere.</source>
        <translation>모두 별표가 있거나, 진행 중이거나, 다른 폴더에 있습니다.</translation>
    </message>
    <message numerus="yes">
        <source>Delete %n old run(s) without a star?</source>
        <translation>
            <numerusform>별표 없는 오래된 실행 %Ln개를 지울까요?</numerusform>
        </translation>
    </message>
    <message>
        <source>{size} are given back when you quit; until then they can be brought back.</source>
        <translation>{size}의 공간은 종료할 때 돌려받습니다. 그때까지는 되돌릴 수 있습니다.</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>지우기</translation>
    </message>
    <message>
        <source>Keep them</source>
        <translation>그대로 두기</translation>
    </message>
</context>
<context>
    <name>PreferencesState</name>
    <message>
        <source>Moving: {done} of {total}</source>
        <translation>옮기는 중: {total}개 중 {done}개</translation>
    </message>
    <message numerus="yes">
        <source>%n thing(s) are in the new folder.</source>
        <translation>
            <numerusform>%Ln개가 새 폴더에 있습니다.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stayed, as there is one of the same name.</source>
        <translation>
            <numerusform>%Ln개는 같은 이름이 있어 남았습니다.</numerusform>
        </translation>
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
    <name>Progress</name>
    <message>
        <source>Asking the hub…</source>
        <translation>허브에 묻는 중…</translation>
    </message>
</context>
<context>
    <name>ProofMark</name>
    <message numerus="yes">
        <source>%n frozen tensor(s) changed: a fault of the studio</source>
        <translation>
            <numerusform>고정한 텐서 %Ln개가 바뀜: TLStudio의 결함</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n frozen tensor(s) unchanged until they trained</source>
        <translation>
            <numerusform>고정된 텐서 %Ln개, 학습을 시작할 때까지 변화 없음</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing stayed frozen in the last run.</source>
        <translation>마지막 학습에서 끝까지 고정된 것은 없습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n frozen tensor(s) unchanged, bit for bit</source>
        <translation>
            <numerusform>고정한 텐서 %Ln개, 한 비트도 바뀌지 않음</numerusform>
        </translation>
    </message>
    <message>
        <source>What was frozen stayed frozen in the last run: {parameters} parameter tensors and {buffers} buffers (such as the running statistics of BatchNorm) have the same hash before and after.
SHA-256 of all of them:
{digest}</source>
        <translation>고정한 레이어가 그대로 유지되었습니다. 고정한 파라미터 텐서 {parameters}개와 버퍼 {buffers}개(정규화 통계 등)를 학습 전후에 해시로 비교했고, 모두 같습니다.
전체의 SHA-256:
{digest}</translation>
    </message>
</context>
<context>
    <name>PullDialog</name>
    <message>
        <source>Load from the hub</source>
        <translation>허브에서 불러오기</translation>
    </message>
    <message>
        <source>OWNER/NAME, or the address of its page</source>
        <translation>OWNER/NAME 또는 페이지 주소</translation>
    </message>
    <message>
        <source>Name of the repository</source>
        <translation>저장소 이름</translation>
    </message>
    <message>
        <source>Coming from the hub</source>
        <translation>허브에서 받는 중</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>불러오기</translation>
    </message>
    <message>
        <source>Weights that you or others pushed to the Hugging Face hub. They are read as any stranger&apos;s file: no code in them is run.</source>
        <translation>본인이나 다른 사람이 Hugging Face 허브에 올린 가중치입니다. 낯선 파일과 똑같이 읽으며, 그 안의 코드는 실행하지 않습니다.</translation>
    </message>
</context>
<context>
    <name>QFileDialog</name>
    <message>
        <source>&amp;Look in:</source>
        <translation>찾는 위치(&amp;I):</translation>
    </message>
    <message>
        <source>Files of &amp;type:</source>
        <translation>파일 형식(&amp;T):</translation>
    </message>
</context>
<context>
    <name>QuietWarnings</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>외 %Ln개</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>QuizPage</name>
    <message>
        <source>True or false?</source>
        <translation>참일까요, 거짓일까요?</translation>
    </message>
    <message>
        <source>Whose questions</source>
        <translation>누구의 문제</translation>
    </message>
    <message>
        <source>Questions of your own…</source>
        <translation>직접 만든 문제…</translation>
    </message>
    <message>
        <source>Read it again</source>
        <translation>다시 읽기</translation>
    </message>
    <message>
        <source>True</source>
        <translation>참</translation>
    </message>
    <message>
        <source>False</source>
        <translation>거짓</translation>
    </message>
    <message>
        <source>See it</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>다음</translation>
    </message>
    <message>
        <source>Ask the wrong ones again</source>
        <translation>틀린 문제 다시 풀기</translation>
    </message>
    <message>
        <source>Start over</source>
        <translation>처음부터 다시</translation>
    </message>
    <message>
        <source>{right} right of {answered}</source>
        <translation>{answered}문제 중 {right}개 정답</translation>
    </message>
    <message>
        <source>Question {number} of {count}</source>
        <translation>{count}문제 중 {number}번</translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>외 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>It is true.</source>
        <translation>참입니다.</translation>
    </message>
    <message>
        <source>It is false.</source>
        <translation>거짓입니다.</translation>
    </message>
    <message>
        <source>Right.</source>
        <translation>맞았습니다.</translation>
    </message>
    <message>
        <source>Wrong.</source>
        <translation>틀렸습니다.</translation>
    </message>
    <message>
        <source>Lesson: {title}</source>
        <translation>배우기: {title}</translation>
    </message>
    <message>
        <source>See it in the studio</source>
        <translation>TLStudio에서 보기</translation>
    </message>
    <message>
        <source>Questions of your own</source>
        <translation>직접 만든 문제</translation>
    </message>
</context>
<context>
    <name>RaceEntryList</name>
    <message>
        <source>Learning rate</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>Expected</source>
        <translation>예상</translation>
    </message>
    <message numerus="yes">
        <source>At most %n can race at once.</source>
        <translation>
            <numerusform>한 번에 최대 %Ln개까지 비교할 수 있습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Learning rate of {name}</source>
        <translation>{name}의 학습률</translation>
    </message>
</context>
<context>
    <name>RaceResultView</name>
    <message>
        <source>New race</source>
        <translation>새 비교</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>이어서 하기</translation>
    </message>
    <message>
        <source>Train what is left; runs that are over stay</source>
        <translation>남은 것을 학습합니다. 끝난 실행은 그대로입니다</translation>
    </message>
    <message>
        <source>Compare these runs</source>
        <translation>이 실행들을 비교</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>End after this batch; runs that are over stay</source>
        <translation>이 배치 뒤에 끝냅니다. 끝난 학습은 남습니다</translation>
    </message>
    <message>
        <source>Progress of the race</source>
        <translation>비교 진행률</translation>
    </message>
    <message>
        <source>What is drawn</source>
        <translation>무엇을 그릴지</translation>
    </message>
    <message>
        <source>Validation accuracy</source>
        <translation>검증 정확도</translation>
    </message>
    <message>
        <source>Training and validation error</source>
        <translation>학습 오류와 검증 오류</translation>
    </message>
    <message>
        <source>Each pair, and how sure this is</source>
        <translation>쌍별 비교와 통계적 유의성</translation>
    </message>
    <message>
        <source>Entries of the race</source>
        <translation>비교한 후보</translation>
    </message>
    <message>
        <source>Residual</source>
        <translation>잔차</translation>
    </message>
    <message>
        <source>Plain</source>
        <translation>플레인</translation>
    </message>
    <message>
        <source>The settings are those of “{name}” now.</source>
        <translation>이제 설정이 “{name}”의 것과 같습니다.</translation>
    </message>
</context>
<context>
    <name>RaceSetup</name>
    <message>
        <source>What differs</source>
        <translation>무엇이 다른가</translation>
    </message>
    <message>
        <source>Strategies of this model</source>
        <translation>이 모델의 전략</translation>
    </message>
    <message>
        <source>Learning rates</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>Models on this machine</source>
        <translation>이 컴퓨터의 모델</translation>
    </message>
    <message>
        <source>How much of it</source>
        <translation>규모</translation>
    </message>
    <message>
        <source>Find models</source>
        <translation>모델 찾기</translation>
    </message>
    <message>
        <source>Pretrained layers usually want smaller steps than a new head: try a tenth of the learning rate where they train at its full size.</source>
        <translation>사전 학습한 레이어에는 보통 새 헤드보다 작은 갱신 폭이 맞습니다. 그런 레이어가 온전한 학습률로 학습하는 후보에는 학습률을 1/10로 낮춰 보세요.</translation>
    </message>
    <message>
        <source>Take a tenth there</source>
        <translation>학습률을 1/10로</translation>
    </message>
    <message>
        <source>Seeds</source>
        <translation>시드</translation>
    </message>
    <message>
        <source>Last race</source>
        <translation>지난 비교</translation>
    </message>
    <message>
        <source>Start the race</source>
        <translation>비교 시작</translation>
    </message>
    <message>
        <source>Strategies of the race</source>
        <translation>비교할 전략</translation>
    </message>
    <message>
        <source>The pretrained weights are not on this machine.</source>
        <translation>사전 학습 가중치가 이 컴퓨터에 없습니다.</translation>
    </message>
    <message>
        <source>times the rate of the settings, unless you change it</source>
        <translation>설정한 학습률의 배수 (직접 바꿀 수 있습니다)</translation>
    </message>
    <message>
        <source>{parameters} parameters</source>
        <translation>파라미터 {parameters}</translation>
    </message>
    <message>
        <source>{parameters} parameters, from random values</source>
        <translation>파라미터 {parameters}개, 무작위 값에서 시작</translation>
    </message>
    <message>
        <source>with shortcuts</source>
        <translation>지름길 있음</translation>
    </message>
    <message>
        <source>without shortcuts</source>
        <translation>지름길 없음</translation>
    </message>
    <message>
        <source>{n} layers, {kind}</source>
        <translation>{n}층, {kind}</translation>
    </message>
    <message>
        <source>{model} is trained once with each: same images, same seeds, same epochs, and all other settings as they suit each. Choose two to ten.</source>
        <translation>{model}을(를) 각 전략으로 한 번씩 학습합니다. 이미지, 시드, 에포크는 같고 나머지 설정은 전략마다 알맞게 정해집니다. 2~10개를 고르세요.</translation>
    </message>
    <message>
        <source>The present network and strategy are trained at each learning rate: same images, same seeds. Choose two to ten.</source>
        <translation>현재 네트워크와 전략을 각 학습률로 학습합니다. 이미지와 시드는 같습니다. 2~10개를 고르세요.</translation>
    </message>
    <message>
        <source>Each network is trained with the present settings: same images, same seeds. Choose two to ten.</source>
        <translation>네트워크마다 지금 설정으로 학습합니다. 이미지와 시드는 같습니다. 2~10개를 고르세요.</translation>
    </message>
    <message>
        <source>Choose two to ten.</source>
        <translation>2~10개를 고르세요.</translation>
    </message>
    <message>
        <source>A race needs two networks whose weights are on this machine.</source>
        <translation>비교하려면 가중치가 이 컴퓨터에 있는 네트워크가 두 개 필요합니다.</translation>
    </message>
    <message>
        <source>Enough for a first look. With three, chance in the initial values shows as well.</source>
        <translation>처음 보기에는 충분합니다. 3개면 초기값에 따른 우연도 드러납니다.</translation>
    </message>
    <message>
        <source>Two say little about chance in the initial values: three are worth the wait.</source>
        <translation>2개로는 초기값에 따른 우연을 거의 알 수 없습니다. 3개는 기다릴 만합니다.</translation>
    </message>
    <message>
        <source>Every entry runs with each seed, so that chance in the initial values is counted.</source>
        <translation>후보마다 모든 시드로 학습해 초기값에 따른 우연까지 반영합니다.</translation>
    </message>
</context>
<context>
    <name>RaceTable</name>
    <message>
        <source>Accuracy</source>
        <translation>정확도</translation>
    </message>
    <message>
        <source>After the last epoch, with its 95% interval</source>
        <translation>마지막 에포크 뒤의 값과 95% 구간</translation>
    </message>
    <message>
        <source>Best epoch</source>
        <translation>최고 에포크</translation>
    </message>
    <message>
        <source>Chosen on these same images: flattering</source>
        <translation>바로 이 이미지로 골라서 실제보다 좋아 보임</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>시간</translation>
    </message>
    <message>
        <source>Of a run, and of an epoch</source>
        <translation>학습 한 번과 에포크 한 번</translation>
    </message>
    <message>
        <source>Trainable</source>
        <translation>학습 대상</translation>
    </message>
    <message>
        <source>Parameters, and their share of the network</source>
        <translation>파라미터 수와 네트워크에서의 비율</translation>
    </message>
    <message>
        <source>Use the settings of {name}</source>
        <translation>{name}의 설정 쓰기</translation>
    </message>
    <message>
        <source>Use this</source>
        <translation>이것을 사용</translation>
    </message>
</context>
<context>
    <name>RaceTexts</name>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>학습 %Ln번</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n epoch(s) each</source>
        <translation>
            <numerusform>각 %Ln에포크</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{runs}, {each}, decided by %n validation image(s).</source>
        <translation>
            <numerusform>{runs}, {each}, 검증 이미지 %Ln장으로 판정합니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>About {time}.</source>
        <translation>약 {time}.</translation>
    </message>
    <message>
        <source>Stopped before there was a result.</source>
        <translation>결과가 나오기 전에 중지했습니다.</translation>
    </message>
    <message>
        <source>No run came to its end.</source>
        <translation>끝까지 간 학습이 없습니다.</translation>
    </message>
    <message>
        <source>Only one entry came to its end: there is nothing to compare.</source>
        <translation>하나만 끝까지 가서 비교할 것이 없습니다.</translation>
    </message>
    <message>
        <source>One seed: the intervals (Wilson) and tests (McNemar, exact) account for chance in the validation images, not for chance in the initial values.</source>
        <translation>시드 1개: 구간(Wilson)과 검정(McNemar, 정확)은 검증 이미지에 따른 우연만 반영하고, 초기값에 따른 우연은 반영하지 않습니다.</translation>
    </message>
    <message numerus="yes">
        <source>Intervals and tests account for chance in the images and in the %n seed(s).</source>
        <translation>
            <numerusform>구간과 검정은 검증 이미지에 따른 우연과 시드 %Ln개에 따른 우연을 함께 반영합니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>The best epoch was chosen on these same images, which flatters it; the last one was not chosen.</source>
        <translation>최고 에포크는 바로 이 이미지로 고른 것이라 실제보다 좋아 보입니다. 마지막 에포크는 고른 것이 아닙니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n validation image(s)</source>
        <translation>
            <numerusform>검증 이미지 %Ln장</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n seed(s)</source>
        <translation>
            <numerusform>시드 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>The images have changed since this race: run it again.</source>
        <translation>이 비교 뒤로 이미지가 바뀌었습니다. 다시 실행하세요.</translation>
    </message>
    <message>
        <source>Stopped early: what is here was measured alike.</source>
        <translation>일찍 중지했습니다. 여기 있는 것은 같은 조건에서 측정했습니다.</translation>
    </message>
    <message>
        <source>Getting ready…</source>
        <translation>준비 중…</translation>
    </message>
    <message>
        <source>Run {number} of {runs}: {name}</source>
        <translation>{runs}번 중 {number}번째: {name}</translation>
    </message>
    <message>
        <source>Run {number} of {runs}: {name}, seed {seed}</source>
        <translation>{runs}번 중 {number}번째: {name}, 시드 {seed}</translation>
    </message>
    <message>
        <source>as good, cheaper</source>
        <translation>정확도는 비슷하고 비용은 적음</translation>
    </message>
    <message>
        <source>level</source>
        <translation>동률</translation>
    </message>
    <message>
        <source>best</source>
        <translation>1위</translation>
    </message>
    <message>
        <source>ahead</source>
        <translation>선두</translation>
    </message>
    <message>
        <source>epoch {epochs}</source>
        <translation>에포크 {epochs}</translation>
    </message>
    <message>
        <source>{time} an epoch</source>
        <translation>에포크당 {time}</translation>
    </message>
    <message>
        <source>rate {rate}</source>
        <translation>학습률 {rate}</translation>
    </message>
    <message>
        <source>Training…</source>
        <translation>학습 중…</translation>
    </message>
    <message>
        <source>Epoch {n}: {accuracy}</source>
        <translation>에포크 {n}: {accuracy}</translation>
    </message>
    <message>
        <source>Waiting for its turn</source>
        <translation>차례를 기다리는 중</translation>
    </message>
    <message numerus="yes">
        <source>Stopped after %n epoch(s)</source>
        <translation>
            <numerusform>%Ln에포크 뒤 중지</numerusform>
        </translation>
    </message>
    <message>
        <source>Did not run</source>
        <translation>실행되지 않음</translation>
    </message>
    <message>
        <source>{share} of what the frozen layers put out was kept from an earlier run: without it this would have taken longer.</source>
        <translation>고정 레이어 출력의 {share}는 이전 학습에서 보관한 것입니다. 없었다면 더 오래 걸렸을 것입니다.</translation>
    </message>
</context>
<context>
    <name>RaceView</name>
    <message>
        <source>Let strategies race</source>
        <translation>전략 비교</translation>
    </message>
    <message>
        <source>Open a dataset first. Two to ten strategies or networks are then trained on the same images, and you see which is better, and whether that is more than chance.</source>
        <translation>먼저 데이터셋을 여세요. 그러면 전략이나 네트워크를 둘에서 열까지 같은 이미지로 학습해, 어느 것이 나은지, 운 이상의 차이인지 보여 줍니다.</translation>
    </message>
    <message>
        <source>Go to Data</source>
        <translation>데이터 단계로 이동</translation>
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
    <message>
        <source>Runs</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>작업 단계</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>찾기</translation>
    </message>
    <message>
        <source>Find anything ({keys})</source>
        <translation>무엇이든 찾기({keys})</translation>
    </message>
    <message>
        <source>Find anything</source>
        <translation>무엇이든 찾기</translation>
    </message>
</context>
<context>
    <name>RankNote</name>
    <message>
        <source>Opens in the browser</source>
        <translation>브라우저에서 열립니다</translation>
    </message>
    <message>
        <source>Linear probe: the network stays as it is, and a linear layer learns the classes from what the network makes of each image. Every image is judged by a probe that has not seen it. That is about what feature extraction will reach. The band holds the true accuracy in 95 of 100 cases; the fewer images, the wider it is.</source>
        <translation>선형 프로브: 네트워크는 그대로 두고, 네트워크가 이미지마다 내놓는 특징에서 선형 레이어이 클래스를 배웁니다. 모든 이미지는 그 이미지를 보지 않은 프로브가 판정합니다. 특징 추출로 대략 이 정도에 이릅니다. 띠는 100번 중 95번 참 정확도를 포함하며, 이미지가 적을수록 넓어집니다.</translation>
    </message>
    <message>
        <source>LogME asks without any training how well all linear layers together explain the classes (the logarithm of the maximum evidence, per image). Higher is better. It says something within one dataset only, and nothing by itself: where it disagrees with the probe, trust the probe.</source>
        <translation>LogME는 학습 없이 모든 선형 레이어이 클래스를 얼마나 잘 설명하는지 묻습니다(이미지당 최대 증거의 로그). 높을수록 좋습니다. 같은 데이터셋 안에서만 뜻이 있고 값 하나만으로는 아무것도 말하지 않습니다. 프로브와 다르면 프로브를 믿으세요.</translation>
    </message>
</context>
<context>
    <name>RankStrip</name>
    <message>
        <source>Get more…</source>
        <translation>더 받기…</translation>
    </message>
    <message>
        <source>Download or import other weights: they can be ranked as soon as they are here</source>
        <translation>다른 가중치를 다운로드하거나 가져오면 바로 순위를 매길 수 있습니다</translation>
    </message>
    <message>
        <source>Random networks</source>
        <translation>무작위 네트워크</translation>
    </message>
    <message>
        <source>The same networks with random values, as a reference: what pretraining brings</source>
        <translation>기준으로 삼을, 무작위 값의 같은 네트워크들. 사전 학습의 효과를 보여 줍니다</translation>
    </message>
    <message>
        <source>Progress of the ranking</source>
        <translation>순위 매기기 진행률</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>순위 매기기</translation>
    </message>
    <message>
        <source>Rank again</source>
        <translation>다시 매기기</translation>
    </message>
    <message>
        <source>Rank the rest</source>
        <translation>나머지 순위 매기기</translation>
    </message>
    <message>
        <source>All are ranked, with exactly these images and weights</source>
        <translation>바로 이 이미지와 가중치로 모두 순위를 매겼습니다</translation>
    </message>
    <message>
        <source>Rank these networks for the open dataset, without training them</source>
        <translation>학습하지 않고, 열린 데이터셋에 대해 이 네트워크들의 순위를 매깁니다</translation>
    </message>
</context>
<context>
    <name>RankTable</name>
    <message>
        <source>Networks, ranked for the dataset</source>
        <translation>데이터셋에 대한 네트워크 순위</translation>
    </message>
</context>
<context>
    <name>RankTableModel</name>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>The network, and the values that it starts from</source>
        <translation>네트워크와 그 시작 값</translation>
    </message>
    <message>
        <source>Accuracy of a linear layer on the unchanged network, cross-validated; the band is its 95% confidence interval</source>
        <translation>네트워크를 그대로 두고 그 위에 선형 레이어만 맞춘 교차 검증 정확도. 띠는 95% 신뢰 구간입니다</translation>
    </message>
    <message>
        <source>vs. best</source>
        <translation>1위 대비</translation>
    </message>
    <message>
        <source>Percentage points below the best; ≈ where the difference is not significant</source>
        <translation>1위보다 낮은 퍼센트포인트. ≈는 차이가 유의하지 않다는 뜻입니다</translation>
    </message>
    <message>
        <source>LogME</source>
        <translation>LogME</translation>
    </message>
    <message>
        <source>How well its features explain the classes, without training; higher is better, to be compared within one dataset only</source>
        <translation>학습 없이 본, 특징이 클래스를 설명하는 정도. 높을수록 좋으며 같은 데이터셋 안에서만 비교할 수 있습니다</translation>
    </message>
    <message>
        <source>Images/s</source>
        <translation>이미지/초</translation>
    </message>
    <message>
        <source>Forward passes on this machine while it was ranked</source>
        <translation>순위를 매기는 동안 이 컴퓨터에서 잰 순전파 속도</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>파라미터</translation>
    </message>
    <message>
        <source>Values that can be learned: size in memory and on disk</source>
        <translation>학습할 수 있는 값의 수. 메모리와 디스크에서 차지하는 크기를 정합니다.</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>메모리</translation>
    </message>
    <message>
        <source>Peak of one training step, where it was measured in Compare</source>
        <translation>비교에서 잰 경우, 학습 한 스텝의 최대 메모리</translation>
    </message>
    <message>
        <source>Linear probe</source>
        <translation>선형 프로브</translation>
    </message>
    <message>
        <source>Linear probe, {low} – {high}</source>
        <translation>선형 프로브, {low} – {high}</translation>
    </message>
    <message>
        <source>Not measured yet: mark the network in Compare and measure it there</source>
        <translation>아직 재지 않았습니다. 비교에서 네트워크를 선택해 측정하세요</translation>
    </message>
</context>
<context>
    <name>RankTexts</name>
    <message>
        <source>Random {model}</source>
        <translation>무작위 {model}</translation>
    </message>
    <message>
        <source>random values</source>
        <translation>무작위 값</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>대기 중</translation>
    </message>
    <message>
        <source>Not ranked yet</source>
        <translation>아직 순위 없음</translation>
    </message>
    <message>
        <source>best</source>
        <translation>1위</translation>
    </message>
    <message>
        <source>{n} features from images of {side} px</source>
        <translation>{side} px 이미지에서 특징 {n}개</translation>
    </message>
    <message>
        <source>File of weights: {size}</source>
        <translation>가중치 파일: {size}</translation>
    </message>
    <message>
        <source>Ranked in {time}</source>
        <translation>걸린 시간: {time}</translation>
    </message>
    <message numerus="yes">
        <source>{right} of %n image(s) right</source>
        <translation>
            <numerusform>이미지 %Ln장 중 {right}장 정답</numerusform>
        </translation>
    </message>
    <message>
        <source>By the nearest neighbours instead of a probe: {accuracy}</source>
        <translation>프로브 대신 최근접 이웃으로: {accuracy}</translation>
    </message>
    <message numerus="yes">
        <source>The best on %n image(s)</source>
        <translation>
            <numerusform>이미지 %Ln장에서 1위</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Not significantly different from the best on %n image(s)</source>
        <translation>
            <numerusform>이미지 %Ln장에서 1위와 유의한 차이 없음</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Significantly worse than the best on %n image(s)</source>
        <translation>
            <numerusform>이미지 %Ln장에서 1위보다 유의하게 낮음</numerusform>
        </translation>
    </message>
    <message>
        <source>McNemar&apos;s test on the same images, corrected after Holm: {p}</source>
        <translation>같은 이미지에 대한 맥니머 검정, 홀름 보정: {p}</translation>
    </message>
    <message numerus="yes">
        <source>{model}: {accuracy} of %n image(s) right ({low} – {high}).</source>
        <translation>
            <numerusform>{model}: 이미지 %Ln장 중 {accuracy} 정답 ({low} – {high}).</numerusform>
        </translation>
    </message>
    <message>
        <source>Not significantly different from it: {models}.</source>
        <translation>유의한 차이가 없는 네트워크: {models}.</translation>
    </message>
    <message>
        <source>The fastest of them is {model}.</source>
        <translation>그중 가장 빠른 것은 {model}입니다.</translation>
    </message>
    <message>
        <source>All others are significantly worse.</source>
        <translation>나머지는 모두 유의하게 낮습니다.</translation>
    </message>
    <message>
        <source>The images, or how they are put in, have changed since this was ranked: rank again to be sure.</source>
        <translation>순위를 매긴 뒤 이미지나 입력 설정이 바뀌었습니다. 확실히 하려면 순위를 다시 매기세요.</translation>
    </message>
    <message>
        <source>Stopped before all were ranked. What was found is kept.</source>
        <translation>모두 마치기 전에 멈췄습니다. 지금까지의 결과는 남아 있습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) could not be read and were left out.</source>
        <translation>
            <numerusform>읽을 수 없는 이미지 %Ln장은 제외했습니다.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n set(s) of weights on this machine</source>
        <translation>
            <numerusform>이 컴퓨터에 있는 가중치 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>중지하는 중…</translation>
    </message>
    <message>
        <source>Looking at the dataset…</source>
        <translation>데이터셋을 살펴보는 중…</translation>
    </message>
    <message>
        <source>{model}: {stage} ({n} of {total})</source>
        <translation>{model}: {stage} ({n}/{total})</translation>
    </message>
    <message numerus="yes">
        <source>and %n other(s)</source>
        <translation>
            <numerusform>외 %Ln개</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RankView</name>
    <message>
        <source>What the numbers mean</source>
        <translation>숫자의 뜻</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
    <message>
        <source>Copy all rows with whole numbers as CSV</source>
        <translation>모든 행을 반올림하지 않은 값의 CSV로 복사합니다</translation>
    </message>
    <message>
        <source>Use this</source>
        <translation>이것을 사용</translation>
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
        <source>Which network suits your images?</source>
        <translation>내 이미지에는 어떤 네트워크가 맞을까요?</translation>
    </message>
    <message>
        <source>Open a dataset first: every network whose weights are on this machine can then be ranked for it, without training.</source>
        <translation>먼저 데이터셋을 여세요. 그러면 가중치가 이 컴퓨터에 있는 모든 네트워크의 순위를 학습 없이 매길 수 있습니다.</translation>
    </message>
    <message>
        <source>Go to Data</source>
        <translation>데이터 단계로 이동</translation>
    </message>
    <message>
        <source>No weights on this machine</source>
        <translation>이 컴퓨터에 가중치가 없습니다</translation>
    </message>
    <message>
        <source>Only networks whose pretrained weights are here can be ranked.</source>
        <translation>사전 학습 가중치가 여기 있는 네트워크만 순위를 매길 수 있습니다.</translation>
    </message>
    <message>
        <source>Get weights…</source>
        <translation>가중치 받기…</translation>
    </message>
    <message>
        <source>The networks are ranked.</source>
        <translation>네트워크의 순위를 매겼습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) copied.</source>
        <translation>
            <numerusform>%Ln개 행을 복사했습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Train this network (Enter or a double click in the table)</source>
        <translation>이 네트워크를 학습합니다 (표에서 Enter 또는 두 번 클릭)</translation>
    </message>
    <message>
        <source>The model can&apos;t be changed while training.</source>
        <translation>학습하는 동안에는 모델을 바꿀 수 없습니다.</translation>
    </message>
    <message>
        <source>Select a network in the table first.</source>
        <translation>먼저 표에서 네트워크를 선택하세요.</translation>
    </message>
    <message>
        <source>This network is chosen already.</source>
        <translation>이미 선택된 네트워크입니다.</translation>
    </message>
    <message>
        <source>Random networks are a reference. To train one, choose “From scratch”.</source>
        <translation>무작위 네트워크는 기준일 뿐입니다. 학습하려면 “처음부터 학습”을 고르세요.</translation>
    </message>
</context>
<context>
    <name>RateChart</name>
    <message>
        <source>smoothed</source>
        <translation>평활화</translation>
    </message>
    <message>
        <source>each step</source>
        <translation>스텝별</translation>
    </message>
    <message>
        <source>too small</source>
        <translation>너무 작음</translation>
    </message>
    <message>
        <source>too large</source>
        <translation>너무 큼</translation>
    </message>
    <message>
        <source>Training loss over the learning rate</source>
        <translation>학습률에 따른 학습 손실</translation>
    </message>
    <message>
        <source>set now</source>
        <translation>현재 설정</translation>
    </message>
    <message numerus="yes">
        <source>Loss over the learning rate; %n step(s) so far</source>
        <translation>
            <numerusform>학습률에 따른 손실, 지금까지 %Ln스텝</numerusform>
        </translation>
    </message>
    <message>
        <source>Loss over the learning rate; nothing is suggested</source>
        <translation>학습률에 따른 손실, 제안 없음</translation>
    </message>
    <message>
        <source>Loss over the learning rate; suggested is {rate}, chosen {chosen}</source>
        <translation>학습률에 따른 손실, 제안 {rate}, 선택 {chosen}</translation>
    </message>
</context>
<context>
    <name>RateTexts</name>
    <message>
        <source>Find the learning rate</source>
        <translation>학습률 찾기</translation>
    </message>
    <message>
        <source>The test broke off</source>
        <translation>시험이 중단되었습니다</translation>
    </message>
    <message>
        <source>Where the line is flat, steps are too small to learn; where it rises, they are so large that learning breaks. A good rate lies on the slope between, well before the lowest point: click or drag to choose another one.</source>
        <translation>선이 평평한 곳은 갱신 폭이 너무 작아 학습되지 않고, 올라가는 곳은 갱신 폭이 너무 커서 학습이 무너집니다. 좋은 학습률은 그 사이 내리막에서 가장 낮은 점보다 훨씬 앞에 있습니다. 클릭하거나 끌어서 다른 값을 고를 수 있습니다.</translation>
    </message>
    <message>
        <source>The test was stopped</source>
        <translation>테스트를 멈췄습니다</translation>
    </message>
    <message>
        <source>The curve speaks for no learning rate</source>
        <translation>이 곡선으로는 학습률을 제안할 수 없습니다</translation>
    </message>
    <message>
        <source>The next run trains with {rate}</source>
        <translation>다음 학습의 학습률: {rate}</translation>
    </message>
    <message>
        <source>You chose {rate}</source>
        <translation>고른 학습률: {rate}</translation>
    </message>
    <message>
        <source>{rate} suited the run before</source>
        <translation>이전 설정에 알맞던 학습률: {rate}</translation>
    </message>
    <message>
        <source>{rate} suits this run</source>
        <translation>이 학습에 알맞은 학습률: {rate}</translation>
    </message>
    <message>
        <source>Let more layers train or take smaller batches, or choose a rate in the chart yourself.</source>
        <translation>더 많은 레이어를 학습하거나 배치를 줄이거나, 그래프에서 직접 학습률을 고르세요.</translation>
    </message>
    <message>
        <source>The images are others now: find it again.</source>
        <translation>이미지가 바뀌었습니다. 다시 찾으세요.</translation>
    </message>
    <message>
        <source>Changed since this test: {settings}. Find it again.</source>
        <translation>이 시험 이후 바뀐 설정: {settings}. 다시 찾으세요.</translation>
    </message>
    <message>
        <source>Trying {rate}</source>
        <translation>{rate} 시도 중</translation>
    </message>
    <message>
        <source>step {n} of at most {count}</source>
        <translation>최대 {count}스텝 중 {n}번째</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>약 {time} 남음</translation>
    </message>
    <message>
        <source>Outputs of the frozen layers: {share}</source>
        <translation>고정된 레이어의 출력: {share}</translation>
    </message>
    <message>
        <source>Preparing…</source>
        <translation>준비 중…</translation>
    </message>
    <message>
        <source>A fresh network is being built.</source>
        <translation>새 네트워크를 만드는 중입니다.</translation>
    </message>
    <message>
        <source>A fresh network takes about 100 steps on your images, each with a larger learning rate than the last. Where the loss falls best is the rate to train with; what you have trained is not touched.</source>
        <translation>새 네트워크가 이미지로 약 100스텝을 학습하며, 스텝마다 학습률을 키웁니다. 손실이 가장 잘 줄어드는 곳이 학습에 쓸 학습률입니다. 이미 학습한 것은 건드리지 않습니다.</translation>
    </message>
    <message>
        <source>It tries the last phase of the plan, in which the most trains.</source>
        <translation>가장 많은 레이어가 학습되는 계획의 마지막 구간을 시험합니다.</translation>
    </message>
</context>
<context>
    <name>RateView</name>
    <message>
        <source>Find it</source>
        <translation>찾기</translation>
    </message>
    <message>
        <source>Find the learning rate</source>
        <translation>학습률 찾기</translation>
    </message>
    <message>
        <source>Find again</source>
        <translation>다시 찾기</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>내보내기</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>Progress of the test</source>
        <translation>시험 진행률</translation>
    </message>
    <message>
        <source>Suggested</source>
        <translation>제안</translation>
    </message>
    <message>
        <source>Set now</source>
        <translation>현재 설정</translation>
    </message>
    <message>
        <source>Falls fastest at</source>
        <translation>가장 빠르게 줄어드는 곳</translation>
    </message>
    <message>
        <source>Lowest at</source>
        <translation>가장 낮은 곳</translation>
    </message>
    <message>
        <source>Use {rate}</source>
        <translation>{rate} 사용</translation>
    </message>
</context>
<context>
    <name>ReadingsSheet</name>
    <message>
        <source>How to read the folder</source>
        <translation>폴더 읽는 방법</translation>
    </message>
    <message>
        <source>How is “{name}” meant?</source>
        <translation>“{name}”을(를) 어떻게 읽을까요?</translation>
    </message>
    <message>
        <source>Choose what its folders mean.</source>
        <translation>폴더가 무엇을 뜻하는지 고르세요.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Remembered for this folder; the Data page can change it.</source>
        <translation>이 폴더에 대해 기억하며, 데이터 페이지에서 바꿀 수 있습니다.</translation>
    </message>
</context>
<context>
    <name>ReasonsModel</name>
    <message>
        <source>Files</source>
        <translation>파일 수</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>이유</translation>
    </message>
    <message>
        <source>All</source>
        <translation>전체</translation>
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
    <name>RecentRow</name>
    <message>
        <source>not reachable</source>
        <translation>연결할 수 없음</translation>
    </message>
    <message>
        <source>{folder}: not found, or its drive does not answer</source>
        <translation>{folder}: 찾을 수 없거나 드라이브가 응답하지 않습니다</translation>
    </message>
</context>
<context>
    <name>ReceptiveFieldLesson</name>
    <message>
        <source>Network</source>
        <translation>네트워크</translation>
    </message>
    <message>
        <source>Photo with the receptive field</source>
        <translation>수용 영역이 표시된 사진</translation>
    </message>
    <message>
        <source>Layers by their receptive fields</source>
        <translation>레이어별 수용 영역</translation>
    </message>
    <message>
        <source>Side of the receptive field by layer</source>
        <translation>레이어별 수용 영역의 한 변</translation>
    </message>
    <message>
        <source>first layer</source>
        <translation>첫 레이어</translation>
    </message>
    <message>
        <source>last layer</source>
        <translation>마지막 레이어</translation>
    </message>
    <message>
        <source>the whole image, {px} px</source>
        <translation>이미지 전체, {px} px</translation>
    </message>
    <message>
        <source>{network} (chosen)</source>
        <translation>{network} (선택함)</translation>
    </message>
    <message>
        <source>{network} cuts the image into patches and then mixes all of them: no square grows from layer to layer, as it does with convolutions.</source>
        <translation>{network}: 이미지를 패치로 자른 뒤 모두 한꺼번에 섞습니다. 합성곱처럼 레이어마다 커지는 정사각형이 없습니다.</translation>
    </message>
    <message>
        <source>{network}: more layers follow that see more than kernels and strides can tell.</source>
        <translation>{network}: 그 뒤로도 레이어가 더 있으며, 커널과 스트라이드만으로 알 수 있는 것보다 더 넓게 봅니다.</translation>
    </message>
    <message>
        <source>Layer {number} of {count}: {path}</source>
        <translation>레이어 {number}/{count}: {path}</translation>
    </message>
    <message>
        <source>It can see {side} px.</source>
        <translation>볼 수 있는 범위: {side} px</translation>
    </message>
    <message>
        <source>All places are mixed at once</source>
        <translation>모든 위치를 한꺼번에 섞음</translation>
    </message>
    <message>
        <source>up to the whole image</source>
        <translation>최대 이미지 전체</translation>
    </message>
    <message>
        <source>receptive field</source>
        <translation>수용 영역</translation>
    </message>
    <message>
        <source>step between neighbours</source>
        <translation>이웃한 값 사이의 간격</translation>
    </message>
    <message>
        <source>pretrained weights</source>
        <translation>사전 학습 가중치</translation>
    </message>
    <message>
        <source>random weights</source>
        <translation>무작위 가중치</translation>
    </message>
    <message>
        <source>It uses {side} px: 95 % of its gradient ({weights}).</source>
        <translation>실제로 쓰는 범위: {side} px, 기울기의 95 % ({weights})</translation>
    </message>
    <message>
        <source>What it uses of that is being measured …</source>
        <translation>실제로 쓰는 범위를 재는 중 …</translation>
    </message>
</context>
<context>
    <name>ReliabilityDiagram</name>
    <message>
        <source>Reliability diagram</source>
        <translation>신뢰도 도표</translation>
    </message>
    <message>
        <source>Sure {low}–{high}: {right} of {total} right.</source>
        <translation>확률 {low}–{high}: {total}장 중 {right}장 맞음.</translation>
    </message>
    <message>
        <source>Sure {low}–{high}: {right} of {total} right; within chance.</source>
        <translation>확률 {low}–{high}: {total}장 중 {right}장 정답, 우연의 범위 안.</translation>
    </message>
    <message>
        <source>probability</source>
        <translation>확률</translation>
    </message>
</context>
<context>
    <name>RemedyBar</name>
    <message>
        <source>More</source>
        <translation>더 보기</translation>
    </message>
</context>
<context>
    <name>ResidualLesson</name>
    <message>
        <source>x, what comes in</source>
        <translation>입력 x</translation>
    </message>
    <message>
        <source>F(x), what the block adds</source>
        <translation>블록이 더하는 F(x)</translation>
    </message>
    <message>
        <source>y, the sum</source>
        <translation>출력 y: 둘의 합</translation>
    </message>
    <message>
        <source>How much of F(x) is added, s</source>
        <translation>F(x)를 더하는 정도 s</translation>
    </message>
    <message>
        <source>Blocks of the network</source>
        <translation>네트워크의 블록</translation>
    </message>
    <message>
        <source>All as trained</source>
        <translation>모두 학습한 대로</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>사진</translation>
    </message>
    <message>
        <source>What the network answers</source>
        <translation>네트워크의 답</translation>
    </message>
    <message>
        <source>As trained: {name}, {percent}</source>
        <translation>학습한 대로일 때: {name}, {percent}</translation>
    </message>
    <message>
        <source>length of s · F(x) against x:</source>
        <translation>x에 대한 s · F(x)의 크기:</translation>
    </message>
    <message>
        <source>paths:</source>
        <translation>경로:</translation>
    </message>
    <message>
        <source>Blocks of {network}</source>
        <translation>{network}의 블록</translation>
    </message>
    <message>
        <source>The network answers</source>
        <translation>네트워크의 답</translation>
    </message>
</context>
<context>
    <name>ResultsPage</name>
    <message>
        <source>Go to Train</source>
        <translation>학습 단계로 이동</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>자세히</translation>
    </message>
    <message>
        <source>Confusion</source>
        <translation>혼동 행렬</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>클래스</translation>
    </message>
    <message>
        <source>A folder…</source>
        <translation>폴더…</translation>
    </message>
    <message>
        <source>Images on Use</source>
        <translation>활용의 이미지</translation>
    </message>
    <message>
        <source>Validation accuracy {accuracy} ({low}–{high})</source>
        <translation>검증 정확도 {accuracy} ({low}–{high})</translation>
    </message>
    <message>
        <source>The accuracy on as many images as one likes would lie within, 95 times in 100</source>
        <translation>이미지가 아무리 많아도 정확도는 100번 중 95번 이 범위에 있습니다</translation>
    </message>
    <message>
        <source>Evaluate the model in hand</source>
        <translation>지금 모델 평가하기</translation>
    </message>
    <message>
        <source>Measured on</source>
        <translation>측정 대상</translation>
    </message>
    <message>
        <source>The images that the model is measured on</source>
        <translation>모델을 측정할 이미지입니다</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>내보내기…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>보정</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>곡선</translation>
    </message>
    <message>
        <source>{right} of {total}</source>
        <translation>{total}장 중 {right}장</translation>
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
    <message numerus="yes">
        <source>looked at %n time(s)</source>
        <translation>
            <numerusform>%Ln번 확인함</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s) of unknown class</source>
        <translation>
            <numerusform>클래스를 모르는 이미지 %Ln장</numerusform>
        </translation>
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
            <numerusform>이미지 %Ln장</numerusform>
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
    <message>
        <source>Test accuracy {accuracy} ({low}–{high})</source>
        <translation>테스트 정확도 {accuracy} ({low}–{high})</translation>
    </message>
    <message>
        <source>Accuracy on “{name}” {accuracy} ({low}–{high})</source>
        <translation>“{name}” 정확도 {accuracy} ({low}–{high})</translation>
    </message>
    <message>
        <source>Images without known classes</source>
        <translation>클래스를 모르는 이미지</translation>
    </message>
    <message>
        <source>Measuring: {done} of {total} images</source>
        <translation>측정 중: 이미지 {total}장 중 {done}장</translation>
    </message>
    <message numerus="yes">
        <source>%n of these images has a copy among the training images</source>
        <translation>
            <numerusform>이 이미지 중 %Ln장은 학습 이미지에 사본이 있습니다</numerusform>
        </translation>
    </message>
    <message>
        <source>without them {accuracy} ({low}–{high}).</source>
        <translation>제외하면 {accuracy} ({low}–{high}).</translation>
    </message>
    <message>
        <source>Choose a folder that holds one folder of images per class</source>
        <translation>클래스마다 이미지 폴더가 하나씩 있는 폴더를 고르세요</translation>
    </message>
    <message>
        <source>Look at the test images now?</source>
        <translation>지금 테스트 이미지를 확인할까요?</translation>
    </message>
    <message>
        <source>Not yet looked at.</source>
        <translation>아직 확인한 적이 없습니다.</translation>
    </message>
    <message numerus="yes">
        <source>Looked at %n time(s) before.</source>
        <translation>
            <numerusform>지금까지 %Ln번 확인했습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>They tell the truth once, at the end: choose nothing by their accuracy.</source>
        <translation>테스트 정확도는 마지막에 한 번만 믿을 수 있으니, 이 값으로 설정을 고르지 마세요.</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>확인</translation>
    </message>
</context>
<context>
    <name>RunChart</name>
    <message>
        <source>epoch {n}</source>
        <translation>에포크 {n}</translation>
    </message>
    <message>
        <source>{metric} over the epochs</source>
        <translation>에포크별 {metric}</translation>
    </message>
    <message>
        <source>Epoch {n}</source>
        <translation>에포크 {n}</translation>
    </message>
</context>
<context>
    <name>RunDetails</name>
    <message>
        <source>Name</source>
        <translation>이름</translation>
    </message>
    <message>
        <source>Tags, with commas between them</source>
        <translation>태그 (쉼표로 구분)</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>태그</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>메모</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>열기</translation>
    </message>
    <message>
        <source>Bring settings, charts, images and model back as they were</source>
        <translation>설정, 차트, 이미지, 모델을 그때 그대로 되돌립니다</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>이어서 학습</translation>
    </message>
    <message>
        <source>Go on from the last checkpoint</source>
        <translation>마지막 체크포인트에서 이어서 학습합니다</translation>
    </message>
    <message>
        <source>More epochs…</source>
        <translation>에포크 추가…</translation>
    </message>
    <message>
        <source>Use its settings</source>
        <translation>이 설정 사용</translation>
    </message>
    <message>
        <source>Start a new run from it</source>
        <translation>여기서 새 실행 시작</translation>
    </message>
    <message>
        <source>Its weights are what the next run begins with</source>
        <translation>다음 실행이 이 가중치에서 시작합니다</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>내보내기…</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>삭제</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>정확도</translation>
    </message>
    <message>
        <source>Dataset</source>
        <translation>데이터셋</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>네트워크</translation>
    </message>
    <message>
        <source>Strategy</source>
        <translation>전략</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>에포크</translation>
    </message>
    <message>
        <source>{epochs} of {planned}</source>
        <translation>{epochs}/{planned}</translation>
    </message>
    <message>
        <source>State</source>
        <translation>상태</translation>
    </message>
    <message>
        <source>Trained</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>From</source>
        <translation>출처</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>크기</translation>
    </message>
</context>
<context>
    <name>RunList</name>
    <message>
        <source>Runs</source>
        <translation>실행</translation>
    </message>
</context>
<context>
    <name>RunPlan</name>
    <message>
        <source>Train</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>Show me the PyTorch</source>
        <translation>PyTorch 코드 보기</translation>
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
        <source>Settings</source>
        <translation>설정</translation>
    </message>
    <message>
        <source>Expected</source>
        <translation>예상</translation>
    </message>
    <message>
        <source>Use the recommended settings</source>
        <translation>권장 설정 사용</translation>
    </message>
    <message>
        <source>Use the PyTorch tutorial&apos;s settings</source>
        <translation>PyTorch 튜토리얼 설정 사용</translation>
    </message>
    <message>
        <source>{preset}, apart from: {names}</source>
        <translation>{preset}, 바꾼 항목: {names}</translation>
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
        <source>frozen layers by {engine}</source>
        <translation>동결한 레이어는 {engine}로 계산</translation>
    </message>
    <message>
        <source>not by {engines}, whose numbers differ</source>
        <translation>{engines}은(는) 값이 달라 쓰지 않음</translation>
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
            <numerusform>이미지마다 변형 %Ln장 보관</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n view(s) of each image kept on disk</source>
        <translation>
            <numerusform>이미지마다 변형 %Ln장 디스크에 보관</numerusform>
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
            <numerusform>검증 이미지 %Ln장에서 정확도 {accuracy}, 에포크 {epoch}에서 가장 좋았습니다.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Ended early after %n epoch(s): validation did not become better.</source>
        <translation>
            <numerusform>검증 결과가 더 나아지지 않아 %Ln에포크 만에 일찍 끝났습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>The weights of that epoch are kept.</source>
        <translation>그 에포크의 가중치를 보관하고 있습니다.</translation>
    </message>
    <message numerus="yes">
        <source>Stopped after %n epoch(s); the best weights so far are kept.</source>
        <translation>
            <numerusform>%Ln 에포크 만에 중지했습니다. 지금까지 가장 좋은 가중치를 보관합니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Frozen tensors changed: {names}. Please report this.</source>
        <translation>고정한 텐서가 바뀌었습니다: {names}. 이 문제를 알려 주세요.</translation>
    </message>
    <message numerus="yes">
        <source>What was frozen at first was unchanged until it trained: %n tensor(s)</source>
        <translation>
            <numerusform>처음에 고정된 것은 학습을 시작할 때까지 변하지 않았습니다: 텐서 %Ln개</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>What was frozen is unchanged, bit for bit: %n tensor(s)</source>
        <translation>
            <numerusform>고정한 텐서 %Ln개가 비트 단위까지 그대로입니다</numerusform>
        </translation>
    </message>
    <message>
        <source>{n} parameters train</source>
        <translation>파라미터 {n}개 학습</translation>
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
        <source>Ended early</source>
        <translation>일찍 끝남</translation>
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
            <numerusform>학습 이미지 %Ln장</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n for validation</source>
        <translation>
            <numerusform>검증 이미지 %Ln장</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>클래스 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>{trainable} of {total} parameters train</source>
        <translation>파라미터 {total} 중 {trainable} 학습</translation>
    </message>
    <message numerus="yes">
        <source>%n epoch(s)</source>
        <translation>
            <numerusform>%Ln 에포크</numerusform>
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
    <name>RunView</name>
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
        <source>Continue</source>
        <translation>이어서 학습</translation>
    </message>
    <message>
        <source>Go on from the last checkpoint</source>
        <translation>마지막 체크포인트에서 이어서 학습합니다</translation>
    </message>
    <message>
        <source>Save weights…</source>
        <translation>가중치 저장…</translation>
    </message>
    <message>
        <source>Progress of the run</source>
        <translation>학습 진행률</translation>
    </message>
    <message>
        <source>Best epoch</source>
        <translation>최고 에포크</translation>
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
</context>
<context>
    <name>RunsPage</name>
    <message>
        <source>Go to Train</source>
        <translation>학습 단계로 이동</translation>
    </message>
    <message>
        <source>No runs yet</source>
        <translation>아직 실행이 없습니다</translation>
    </message>
    <message>
        <source>Every run is kept here by itself, from its first epoch on: with settings, curves, predictions and weights. Train one, or load weights.</source>
        <translation>모든 실행은 첫 에포크부터 설정, 곡선, 예측, 가중치와 함께 저절로 보관됩니다. 학습하거나 가중치를 불러오세요.</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>The space that kept runs may take; change it</source>
        <translation>보관된 실행이 차지할 수 있는 공간입니다. 바꿀 수 있습니다</translation>
    </message>
    <message>
        <source>Make room…</source>
        <translation>공간 확보…</translation>
    </message>
    <message>
        <source>Search names, tags, notes, networks</source>
        <translation>이름, 태그, 메모, 네트워크 검색</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>검색</translation>
    </message>
    <message>
        <source>Dataset</source>
        <translation>데이터셋</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>표시</translation>
    </message>
    <message>
        <source>All runs</source>
        <translation>모든 실행</translation>
    </message>
    <message>
        <source>Starred</source>
        <translation>별표만</translation>
    </message>
    <message>
        <source>Can be continued</source>
        <translation>이어서 학습 가능</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>열</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>비교</translation>
    </message>
    <message>
        <source>About the chosen run</source>
        <translation>선택한 실행 정보</translation>
    </message>
    <message>
        <source>{size} of {limit}</source>
        <translation>{limit} 중 {size}</translation>
    </message>
    <message numerus="yes">
        <source>%n run(s)</source>
        <translation>
            <numerusform>실행 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>All datasets</source>
        <translation>모든 데이터셋</translation>
    </message>
    <message>
        <source>Select two to six runs with Ctrl and Shift to see them beside each other</source>
        <translation>Ctrl과 Shift로 실행을 2~6개 선택하면 나란히 비교할 수 있습니다</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>이어서 학습</translation>
    </message>
    <message>
        <source>Epochs in all</source>
        <translation>전체 에포크</translation>
    </message>
    <message numerus="yes">
        <source>%n old run(s) without a star are selected.</source>
        <translation>
            <numerusform>별표 없는 오래된 실행 %Ln개를 선택했습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Press Delete to give their space back, or keep them.</source>
        <translation>Delete를 누르면 공간을 되찾고, 그대로 두어도 됩니다.</translation>
    </message>
    <message>
        <source>Space for runs</source>
        <translation>실행 보관 공간</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>열기</translation>
    </message>
    <message>
        <source>More epochs…</source>
        <translation>에포크 추가…</translation>
    </message>
    <message>
        <source>Use its settings</source>
        <translation>이 설정 사용</translation>
    </message>
    <message>
        <source>Start a new run from it</source>
        <translation>여기서 새 실행 시작</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>내보내기…</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>이름 바꾸기</translation>
    </message>
    <message>
        <source>Star</source>
        <translation>별표</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>삭제</translation>
    </message>
</context>
<context>
    <name>RunsState</name>
    <message>
        <source>A run that is in hand or goes on cannot be deleted.</source>
        <translation>지금 열려 있거나 학습 중인 실행은 삭제할 수 없습니다.</translation>
    </message>
    <message>
        <source>Open another run first.</source>
        <translation>먼저 다른 실행을 여세요.</translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) deleted.</source>
        <translation>
            <numerusform>실행 %Ln개를 삭제했습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Until you quit they can be brought back.</source>
        <translation>프로그램을 끝내기 전까지 되돌릴 수 있습니다.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>실행 취소</translation>
    </message>
    <message>
        <source>Show diagnostics</source>
        <translation>진단 정보 보기</translation>
    </message>
    <message>
        <source>TLStudio was not closed properly last time.</source>
        <translation>지난번에 TLStudio가 정상적으로 종료되지 않았습니다.</translation>
    </message>
    <message>
        <source>What is known of it is kept with the diagnostics.</source>
        <translation>알려진 내용은 진단 정보에 남아 있습니다.</translation>
    </message>
    <message>
        <source>The run {name} was interrupted after epoch {epoch} of {epochs}.</source>
        <translation>실행 {name}이(가) {epochs}에포크 중 {epoch}에포크 뒤에 중단되었습니다.</translation>
    </message>
    <message>
        <source>TLStudio was not closed properly last time, and the run {name} was interrupted after epoch {epoch} of {epochs}.</source>
        <translation>지난번에 TLStudio가 정상적으로 종료되지 않아 실행 {name}이(가) {epochs}에포크 중 {epoch}에포크 뒤에 중단되었습니다.</translation>
    </message>
    <message>
        <source>It can go on from there, now or later from the Runs page.</source>
        <translation>거기서부터 이어서 학습할 수 있습니다. 지금 또는 나중에 실행 페이지에서 하세요.</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>이어서 학습</translation>
    </message>
    <message>
        <source>Kept runs take {size}, more than the {limit} set for them.</source>
        <translation>보관된 실행이 {size}를 차지해 정해 둔 {limit}를 넘었습니다.</translation>
    </message>
    <message>
        <source>The Runs page offers old ones without a star for deletion.</source>
        <translation>실행 페이지에서 별표 없는 오래된 실행을 삭제할 수 있습니다.</translation>
    </message>
    <message>
        <source>Show runs</source>
        <translation>실행 보기</translation>
    </message>
    <message>
        <source>This run is at {accuracy}; {best} was better, at {better}.</source>
        <translation>이 실행은 {accuracy}이고, {best}이(가) {better}로 더 좋았습니다.</translation>
    </message>
    <message>
        <source>This run is at {accuracy}, {best} at {better}: that may be chance, the intervals overlap.</source>
        <translation>이 실행은 {accuracy}, {best}: {better}. 구간이 겹치므로 우연일 수 있습니다.</translation>
    </message>
    <message>
        <source>Nothing is lost: both are on the Runs page</source>
        <translation>사라진 것은 없습니다. 둘 다 실행 페이지에 있습니다</translation>
    </message>
    <message>
        <source>Open {name}</source>
        <translation>{name} 열기</translation>
    </message>
    <message>
        <source>Stopped before the first epoch ended; the run before is shown again.</source>
        <translation>첫 에포크가 끝나기 전에 중지되어 이전 실행을 다시 표시합니다.</translation>
    </message>
    <message>
        <source>The weights of {name} are gone; what it told is shown.</source>
        <translation>{name}의 가중치가 없습니다. 남은 기록만 표시합니다.</translation>
    </message>
    <message>
        <source>The images of this run are not as they were, so it cannot go on.</source>
        <translation>이 실행의 이미지가 그때와 달라서 이어서 학습할 수 없습니다.</translation>
    </message>
    <message>
        <source>Start a new run from its weights instead.</source>
        <translation>대신 그 가중치에서 새 실행을 시작하세요.</translation>
    </message>
    <message>
        <source>The images of {name} have changed since.</source>
        <translation>{name}의 이미지가 그 뒤로 바뀌었습니다.</translation>
    </message>
    <message>
        <source>race · {entry} · seed {seed}</source>
        <translation>비교 · {entry} · 시드 {seed}</translation>
    </message>
    <message>
        <source>{dataset} · fold {fold} of {folds}</source>
        <translation>{dataset} · 폴드 {fold}/{folds}</translation>
    </message>
</context>
<context>
    <name>SampleCards</name>
    <message>
        <source>More to download…</source>
        <translation>더 다운로드…</translation>
    </message>
    <message>
        <source>Make your own…</source>
        <translation>직접 만들기…</translation>
    </message>
    <message>
        <source>Or try a sample dataset</source>
        <translation>예제 데이터셋으로 시작하기</translation>
    </message>
</context>
<context>
    <name>ScaleBar</name>
    <message>
        <source>What the colours stand for</source>
        <translation>색의 의미</translation>
    </message>
</context>
<context>
    <name>SelectionSide</name>
    <message>
        <source>Show in Images</source>
        <translation>이미지에서 보기</translation>
    </message>
    <message>
        <source>Only these, large, with filters and search</source>
        <translation>이 이미지만 크게, 필터와 검색과 함께 봅니다</translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>%Ln개 선택</numerusform>
        </translation>
    </message>
    <message>
        <source>chosen on the map</source>
        <translation>지도에서 선택함</translation>
    </message>
</context>
<context>
    <name>ServingPage</name>
    <message>
        <source>Port</source>
        <translation>포트</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>주소</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>열기</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>시작</translation>
    </message>
    <message>
        <source>Stop serving</source>
        <translation>제공 중지</translation>
    </message>
    <message>
        <source>Only programs of this computer reach it; pages of other sites are refused. Photos are kept nowhere.</source>
        <translation>이 컴퓨터의 프로그램만 접근할 수 있고 다른 사이트의 페이지는 거절합니다. 사진은 저장하지 않습니다.</translation>
    </message>
    <message>
        <source>Serving {name}</source>
        <translation>{name} 제공 중</translation>
    </message>
    <message>
        <source>{answered} photos answered, {refused} requests refused</source>
        <translation>사진 {answered}장에 답함, 요청 {refused}건 거절</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>복사했습니다</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>The run is not kept: {why}</source>
        <translation>실행을 저장하지 못했습니다. {why}</translation>
    </message>
    <message>
        <source>It goes on, and is tried again.</source>
        <translation>학습은 계속되며 저장을 다시 시도합니다.</translation>
    </message>
    <message>
        <source>{path} was left out.</source>
        <translation>{path} 파일을 제외했습니다.</translation>
    </message>
</context>
<context>
    <name>ShortNote</name>
    <message>
        <source>Its numbers: in the paper, in slides, here</source>
        <translation>이 네트워크의 숫자: 논문, 강의 자료, 여기</translation>
    </message>
    <message>
        <source>Less</source>
        <translation>접기</translation>
    </message>
    <message>
        <source>More on this family</source>
        <translation>이 계열 더 보기</translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>단축키</translation>
    </message>
    <message>
        <source>Search by what it does, or by key</source>
        <translation>동작이나 키로 검색</translation>
    </message>
    <message>
        <source>Search shortcuts</source>
        <translation>단축키 검색</translation>
    </message>
    <message>
        <source>No shortcut is called so.</source>
        <translation>해당하는 단축키가 없습니다.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
</context>
<context>
    <name>SideBySide</name>
    <message>
        <source>Depth</source>
        <translation>깊이</translation>
    </message>
    <message>
        <source>Convolutions and linear layers on the longest way from the image to the scores, gates of squeeze-and-excitation aside: the number that papers put behind a name</source>
        <translation>이미지에서 점수까지 가장 긴 경로에 있는 합성곱과 선형 레이어의 수입니다(squeeze-and-excitation의 게이트 제외). 논문이 이름 뒤에 붙이는 숫자입니다.</translation>
    </message>
    <message>
        <source>Weight layers</source>
        <translation>가중치 레이어</translation>
    </message>
    <message>
        <source>All convolutions and linear layers, those of shortcuts and branches included</source>
        <translation>지름길(shortcut)과 가지를 포함한 모든 합성곱과 선형 레이어</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>파라미터</translation>
    </message>
    <message>
        <source>With the head that the network was published with</source>
        <translation>논문에 나온 원래 헤드를 포함한 수</translation>
    </message>
    <message>
        <source>Multiply-adds</source>
        <translation>곱셈-덧셈</translation>
    </message>
    <message>
        <source>For one image of the size that the network is made for</source>
        <translation>네트워크가 받도록 만들어진 크기의 이미지 한 장에 대한 수</translation>
    </message>
    <message>
        <source>{network}, compared with {other}: {differences}</source>
        <translation>{other}와 비교한 {network}: {differences}</translation>
    </message>
</context>
<context>
    <name>SideBySideBar</name>
    <message>
        <source>Add a network</source>
        <translation>네트워크 추가</translation>
    </message>
    <message>
        <source>Only the chosen network</source>
        <translation>선택한 네트워크만</translation>
    </message>
    <message>
        <source>Drawn and counted without auxiliary classifiers, which only train: {names}</source>
        <translation>보조 분류기는 학습할 때만 쓰므로 그리지도 세지도 않았습니다: {names}</translation>
    </message>
    <message>
        <source>Leave out {network}</source>
        <translation>{network} 빼기</translation>
    </message>
</context>
<context>
    <name>SideBySideButton</name>
    <message>
        <source>Side by side</source>
        <translation>나란히 보기</translation>
    </message>
    <message>
        <source>Several networks beside each other, what differs marked</source>
        <translation>여러 네트워크를 나란히 놓고 다른 점을 표시합니다</translation>
    </message>
    <message>
        <source>{network} and another one…</source>
        <translation>{network}와(과) 다른 네트워크…</translation>
    </message>
    <message>
        <source>Only the chosen network</source>
        <translation>선택한 네트워크만</translation>
    </message>
</context>
<context>
    <name>SortDialog</name>
    <message>
        <source>Sort into folders</source>
        <translation>폴더로 분류</translation>
    </message>
    <message>
        <source>Folder for the folders of the classes</source>
        <translation>클래스 폴더를 둘 폴더</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>선택…</translation>
    </message>
    <message>
        <source>Less sure than</source>
        <translation>다음보다 확신이 낮으면</translation>
    </message>
    <message>
        <source>Copying</source>
        <translation>복사 중</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
    <message>
        <source>Every image is copied into a folder with the name of its answer. Your own files stay as they are, nothing is replaced, and all of it can be undone.</source>
        <translation>모든 이미지를 예측한 클래스 이름의 폴더로 복사합니다. 원본 파일은 그대로이고, 덮어쓰는 것은 없으며, 모두 되돌릴 수 있습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n more folder(s)</source>
        <translation>
            <numerusform>그 밖의 폴더 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>go into “{name}”</source>
        <translation>“{name}” 폴더로</translation>
    </message>
    <message numerus="yes">
        <source>Copy %n image(s)</source>
        <translation>
            <numerusform>이미지 %Ln장 복사</numerusform>
        </translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>실행 취소</translation>
    </message>
    <message>
        <source>Undo an earlier one…</source>
        <translation>이전 분류 되돌리기…</translation>
    </message>
    <message numerus="yes">
        <source>%n copies were removed.</source>
        <translation>
            <numerusform>복사본 %Ln개를 지웠습니다.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n changed since, and stay.</source>
        <translation>
            <numerusform>그 뒤 바뀐 %Ln개는 남겨 두었습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>{count} images were copied into “{folder}”.</source>
        <translation>이미지 {count}장을 “{folder}”에 복사했습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read.</source>
        <translation>
            <numerusform>%Ln장은 읽을 수 없었습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>Then it was stopped.</source>
        <translation>그 뒤 중지되었습니다.</translation>
    </message>
    <message>
        <source>Sorted images</source>
        <translation>분류한 이미지</translation>
    </message>
    <message>
        <source>Where the folders of the classes go</source>
        <translation>클래스 폴더를 둘 곳</translation>
    </message>
    <message>
        <source>The folder that images were sorted into</source>
        <translation>이미지를 분류해 둔 폴더</translation>
    </message>
</context>
<context>
    <name>SplitEditor</name>
    <message>
        <source>By share or by number of images</source>
        <translation>비율 또는 이미지 수</translation>
    </message>
    <message>
        <source>By share</source>
        <translation>비율로</translation>
    </message>
    <message>
        <source>By number</source>
        <translation>개수로</translation>
    </message>
    <message>
        <source>Share of each class that validates</source>
        <translation>각 클래스에서 검증에 쓸 비율</translation>
    </message>
    <message>
        <source>Share of each class that is kept aside for a last test</source>
        <translation>각 클래스에서 마지막 테스트용으로 떼어 둘 비율</translation>
    </message>
    <message>
        <source>Images of all classes together that validate</source>
        <translation>모든 클래스를 합친 검증 이미지 수</translation>
    </message>
    <message>
        <source>Images of all classes together that are kept aside for a last test</source>
        <translation>마지막 테스트를 위해 따로 두는 이미지 수(모든 클래스 합계)</translation>
    </message>
    <message>
        <source>The same seed gives the same split again</source>
        <translation>시드가 같으면 똑같이 분할됩니다</translation>
    </message>
    <message>
        <source>Images that belong together train or validate together: else near copies in both make a result look better than it is</source>
        <translation>함께 속한 이미지는 함께 학습하거나 함께 검증합니다. 그렇지 않으면 양쪽의 비슷한 사본 때문에 결과가 실제보다 좋아 보입니다</translation>
    </message>
    <message>
        <source>The longest pause between two images of a burst</source>
        <translation>연속 촬영한 두 이미지 사이의 가장 긴 간격</translation>
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
    <message>
        <source>Pause</source>
        <translation>간격</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>그룹</translation>
    </message>
    <message>
        <source>Looking for groups…</source>
        <translation>그룹을 찾는 중…</translation>
    </message>
    <message>
        <source>No images belong together by this.</source>
        <translation>이 기준으로 묶이는 이미지가 없습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n group(s)</source>
        <translation>
            <numerusform>그룹 %Ln개</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>the largest has %n image(s)</source>
        <translation>
            <numerusform>가장 큰 그룹은 %Ln장</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SqueezeLesson</name>
    <message>
        <source>Reduction r</source>
        <translation>축소비 r</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>사진</translation>
    </message>
    <message>
        <source>The block was trained here, on a few photos of the sample, behind block 4.2 of EfficientNet-Lite0, which has none of its own.</source>
        <translation>EfficientNet-Lite0에는 SE 블록이 없어서, 블록 4.2 뒤에 하나를 붙이고 예제 사진 몇 장으로 여기서 학습했습니다.</translation>
    </message>
    <message>
        <source>parameters</source>
        <translation>파라미터</translation>
    </message>
    <message>
        <source>in all of a ResNet-50:</source>
        <translation>ResNet-50 전체에서는:</translation>
    </message>
</context>
<context>
    <name>StaircasePicture</name>
    <message>
        <source>What each layer gets</source>
        <translation>각 레이어가 받는 맵</translation>
    </message>
    <message>
        <source>output</source>
        <translation>출력</translation>
    </message>
    <message>
        <source>layer {n}</source>
        <translation>레이어 {n}</translation>
    </message>
    <message>
        <source>maps</source>
        <translation>맵 수</translation>
    </message>
    <message>
        <source>parameters</source>
        <translation>파라미터</translation>
    </message>
</context>
<context>
    <name>StartChoice</name>
    <message>
        <source>Start from…</source>
        <translation>시작 값 선택…</translation>
    </message>
    <message>
        <source>Begin with the values of a run or of a file instead of pretrained weights</source>
        <translation>사전 학습 가중치 대신 실행이나 파일의 값에서 시작합니다</translation>
    </message>
    <message>
        <source>Starts from {name}</source>
        <translation>{name}에서 시작</translation>
    </message>
    <message>
        <source>Starts from random values</source>
        <translation>무작위 값에서 시작</translation>
    </message>
    <message>
        <source>Starts from these weights</source>
        <translation>이 가중치에서 시작</translation>
    </message>
    <message>
        <source>Pretrained weights</source>
        <translation>사전 학습 가중치</translation>
    </message>
    <message>
        <source>This run: {name}</source>
        <translation>이 실행: {name}</translation>
    </message>
    <message>
        <source>Choose file…</source>
        <translation>파일 선택…</translation>
    </message>
    <message>
        <source>Start from a file of weights</source>
        <translation>가중치 파일에서 시작</translation>
    </message>
</context>
<context>
    <name>StartView</name>
    <message>
        <source>Open folder…</source>
        <translation>폴더 열기…</translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation>파일 열기…</translation>
    </message>
    <message>
        <source>An archive (.zip, .tar.gz), a table (.csv, .jsonl, .parquet), or a file of CIFAR, MNIST or STL-10; it can be dropped here, too.</source>
        <translation>압축 파일(.zip, .tar.gz), 표(.csv, .jsonl, .parquet), 또는 CIFAR, MNIST, STL-10 파일입니다. 여기에 끌어다 놓아도 됩니다.</translation>
    </message>
    <message>
        <source>Reading the images…</source>
        <translation>이미지를 읽는 중…</translation>
    </message>
    <message>
        <source>Learn how networks work</source>
        <translation>네트워크의 원리 배우기</translation>
    </message>
    <message>
        <source>Lessons to drag with the hand, and a quiz; no dataset is needed.</source>
        <translation>직접 끌어 보는 강의와 퀴즈입니다. 데이터셋이 없어도 됩니다.</translation>
    </message>
    <message>
        <source>Teach a network to tell your images apart. Everything stays on this machine.</source>
        <translation>내 이미지를 구분하도록 네트워크를 학습시켜 보세요. 모든 것은 이 컴퓨터에만 남습니다.</translation>
    </message>
    <message>
        <source>Drop a folder, an archive or a table of images here</source>
        <translation>이미지 폴더, 압축 파일 또는 표를 여기에 끌어다 놓으세요</translation>
    </message>
    <message>
        <source>One folder per class, or train and val folders with those inside:</source>
        <translation>클래스별 폴더, 또는 클래스별 폴더가 든 train 폴더와 val 폴더:</translation>
    </message>
    <message>
        <source>Simple view for a first lesson</source>
        <translation>첫 수업을 위한 간단히 보기</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>모두 보기</translation>
    </message>
    <message>
        <source>Layers and what only experts need are left out of sight; they go on to hold.</source>
        <translation>레이어와 전문가용 설정을 숨깁니다. 숨긴 설정도 그대로 적용됩니다.</translation>
    </message>
</context>
<context>
    <name>StatisticsView</name>
    <message>
        <source>The images are being looked at…</source>
        <translation>이미지를 점검하는 중…</translation>
    </message>
    <message>
        <source>Sizes, light, formats and dates come in a moment.</source>
        <translation>크기, 밝기, 형식, 날짜를 곧 표시합니다.</translation>
    </message>
    <message>
        <source>The images are looked at when what is running now is over.</source>
        <translation>지금 실행 중인 작업이 끝나면 이미지를 점검합니다.</translation>
    </message>
    <message>
        <source>all others</source>
        <translation>나머지 전체</translation>
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
        <source>Measuring…</source>
        <translation>측정 중…</translation>
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
        <source>not yet</source>
        <translation>아직 안 함</translation>
    </message>
    <message>
        <source>next</source>
        <translation>다음 할 일</translation>
    </message>
    <message>
        <source>done</source>
        <translation>완료</translation>
    </message>
    <message>
        <source>out of date: made with other settings or data</source>
        <translation>최신 아님: 다른 설정이나 데이터로 만들어졌습니다</translation>
    </message>
</context>
<context>
    <name>StoredWeightsModel</name>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>가중치</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>마지막 사용</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>크기</translation>
    </message>
    <message numerus="yes">
        <source>and %n other(s)</source>
        <translation>
            <numerusform>외 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>On board</source>
        <translation>내장</translation>
    </message>
</context>
<context>
    <name>StrategyField</name>
    <message>
        <source>Strategy</source>
        <translation>전략</translation>
    </message>
    <message>
        <source>This model has no pretrained weights.</source>
        <translation>이 모델에는 사전 학습된 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>Across: epochs. Down: stages from the input to the head. Strong colours learn fast, grey is frozen; orange begins at random, green as a linear probe.</source>
        <translation>가로는 에포크, 세로는 입력에서 헤드까지의 스테이지입니다. 진한 색일수록 빨리 배우고 회색은 고정입니다. 주황색은 무작위 값에서, 초록색은 선형 프로브에서 시작합니다.</translation>
    </message>
</context>
<context>
    <name>StrategyPanel</name>
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
        <source>No weights</source>
        <translation>가중치 없음</translation>
    </message>
    <message>
        <source>Download ({size})</source>
        <translation>다운로드({size})</translation>
    </message>
    <message>
        <source>Weights missing</source>
        <translation>가중치 필요</translation>
    </message>
    <message>
        <source>More: BatchNorm, warm-up, loss…</source>
        <translation>더 보기: BatchNorm, 웜업, 손실…</translation>
    </message>
    <message>
        <source>More: warm-up, loss…</source>
        <translation>더 보기: 웜업, 손실…</translation>
    </message>
    <message>
        <source>Layers ticked by hand</source>
        <translation>직접 고른 레이어</translation>
    </message>
    <message>
        <source>Reset to “{preset}”</source>
        <translation>“{preset}” 설정으로 되돌리기</translation>
    </message>
    <message>
        <source>All settings as in “{preset}”; model and strategy stay.</source>
        <translation>모든 설정을 “{preset}”(으)로 되돌립니다. 모델과 전략은 그대로입니다.</translation>
    </message>
    <message>
        <source>Downloading its weights: {progress}</source>
        <translation>가중치 다운로드하는 중: {progress}</translation>
    </message>
    <message>
        <source>It has no pretrained weights: train it from scratch.</source>
        <translation>사전 학습 가중치가 없습니다. 처음부터 학습하세요.</translation>
    </message>
    <message>
        <source>Its pretrained weights are not on this machine yet.</source>
        <translation>이 모델의 사전 학습 가중치가 아직 이 컴퓨터에 없습니다.</translation>
    </message>
</context>
<context>
    <name>Studio</name>
    <message>
        <source>Nothing is kept: “{folder}” cannot be written.</source>
        <translation>아무것도 저장되지 않습니다. “{folder}”에 쓸 수 없습니다.</translation>
    </message>
    <message>
        <source>Make room there or give it rights; TLSTUDIO_HOME names another folder.</source>
        <translation>공간을 마련하거나 쓰기 권한을 주세요. TLSTUDIO_HOME으로 다른 폴더를 정할 수도 있습니다.</translation>
    </message>
</context>
<context>
    <name>TableModel</name>
    <message>
        <source>chosen</source>
        <translation>선택됨</translation>
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
            <numerusform>이미지 %Ln장</numerusform>
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
    <name>TourCard</name>
    <message>
        <source>Skip the tour</source>
        <translation>건너뛰기</translation>
    </message>
    <message>
        <source>For good; Help, Take the tour brings it back</source>
        <translation>다시 권하지 않습니다. 도움말 → 따라 하기에서 언제든 볼 수 있습니다</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>뒤로</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>다음</translation>
    </message>
    <message>
        <source>Tour: {n} of {count}</source>
        <translation>따라 하기 {n}/{count}</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>마침</translation>
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
</context>
<context>
    <name>TrainPage</name>
    <message>
        <source>Run</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>계획</translation>
    </message>
    <message>
        <source>Advice</source>
        <translation>조언</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>Race</source>
        <translation>전략 비교</translation>
    </message>
    <message>
        <source>Folds</source>
        <translation>폴드</translation>
    </message>
    <message>
        <source>View</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>학습</translation>
    </message>
</context>
<context>
    <name>TrainableLine</name>
    <message>
        <source>{trainable} of {total} train</source>
        <translation>학습 {trainable} / {total}</translation>
    </message>
    <message>
        <source>Trainable parameters: {trainable} of {total}</source>
        <translation>학습 가능 파라미터: {trainable} / {total}</translation>
    </message>
    <message>
        <source>Trainable parameters</source>
        <translation>학습 가능한 파라미터</translation>
    </message>
</context>
<context>
    <name>TruthBar</name>
    <message>
        <source>Folders say what is true</source>
        <translation>폴더 이름을 정답으로 사용</translation>
    </message>
    <message>
        <source>An image in a folder that is called like a class is taken to be of it</source>
        <translation>클래스와 이름이 같은 폴더의 이미지는 그 클래스의 이미지로 봅니다</translation>
    </message>
    <message>
        <source>Confusion matrix</source>
        <translation>혼동 행렬</translation>
    </message>
    <message>
        <source>There are folders that are called like classes.</source>
        <translation>클래스와 이름이 같은 폴더가 있습니다.</translation>
    </message>
    <message>
        <source>{accuracy} right ({low}–{high})</source>
        <translation>정확도 {accuracy} ({low}–{high})</translation>
    </message>
    <message>
        <source>{right} of {total}, by the names of their folders</source>
        <translation>폴더 이름 기준 {total}장 중 {right}장 정답</translation>
    </message>
</context>
<context>
    <name>UndoState</name>
    <message>
        <source>Images left out or moved</source>
        <translation>이미지 제외 또는 클래스 변경</translation>
    </message>
    <message>
        <source>Ticks in the tree</source>
        <translation>트리의 체크</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>설정</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>분할</translation>
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
            <numerusform>파일 %Ln개를 읽을 수 없습니다</numerusform>
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
        <source>Export…</source>
        <translation>내보내기…</translation>
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
        <source>View</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>이미지</translation>
    </message>
    <message>
        <source>None of these</source>
        <translation>해당 없음</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>붙여넣기</translation>
    </message>
    <message>
        <source>Ask about the picture or the files on the clipboard</source>
        <translation>클립보드의 그림이나 파일을 예측합니다</translation>
    </message>
    <message>
        <source>Video…</source>
        <translation>동영상…</translation>
    </message>
    <message>
        <source>Drop images here</source>
        <translation>이미지를 여기에 놓으세요</translation>
    </message>
    <message>
        <source>One or many, a whole folder, a .zip or a video. Nothing leaves this machine.</source>
        <translation>이미지 한 장이나 여러 장, 폴더, .zip 또는 동영상. 이 컴퓨터 밖으로 나가는 것은 없습니다.</translation>
    </message>
    <message>
        <source>Drop more images here</source>
        <translation>이미지를 더 끌어다 놓으세요</translation>
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
        <source>Looking at the images…</source>
        <translation>이미지를 예측하는 중…</translation>
    </message>
    <message>
        <source>None of them could be read.</source>
        <translation>읽을 수 있는 이미지가 없습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n epoch(s)</source>
        <translation>
            <numerusform>%Ln에포크</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n image(s)</source>
        <translation>
            <numerusform>이미지 %Ln장</numerusform>
        </translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>카메라</translation>
    </message>
    <message>
        <source>Ask about the frames of a video</source>
        <translation>동영상의 프레임을 예측합니다</translation>
    </message>
    <message>
        <source>Shown as</source>
        <translation>보기 방식</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>그림</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>표</translation>
    </message>
    <message>
        <source>Sort into folders…</source>
        <translation>폴더로 분류…</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>CSV로 저장…</translation>
    </message>
    <message>
        <source>Pasted {number}</source>
        <translation>붙여넣은 그림 {number}</translation>
    </message>
    <message>
        <source>There is no picture on the clipboard.</source>
        <translation>클립보드에 그림이 없습니다.</translation>
    </message>
    <message>
        <source>{done} of {total} images</source>
        <translation>이미지 {total}장 중 {done}장</translation>
    </message>
    <message>
        <source>No image fits these filters.</source>
        <translation>조건에 맞는 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>from {name}</source>
        <translation>출처: {name}</translation>
    </message>
    <message>
        <source>trained here</source>
        <translation>여기서 학습함</translation>
    </message>
    <message>
        <source>{accuracy} on validation images</source>
        <translation>검증 정확도 {accuracy}</translation>
    </message>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>클래스 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>Camera {number}</source>
        <translation>카메라 {number}</translation>
    </message>
    <message>
        <source>Try a video</source>
        <translation>동영상 예측해 보기</translation>
    </message>
    <message>
        <source>The network is asked about frames of “{video}”. The table tells the time of each.</source>
        <translation>“{video}”의 프레임을 예측합니다. CSV 표에 각 프레임의 시각이 나옵니다.</translation>
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
        <source>Save the answers</source>
        <translation>예측 결과 저장</translation>
    </message>
</context>
<context>
    <name>ValuesLine</name>
    <message>
        <source>Value range</source>
        <translation>값 범위</translation>
    </message>
    <message>
        <source>Shown as black</source>
        <translation>검은색으로 표시할 값</translation>
    </message>
    <message>
        <source>Shown as white</source>
        <translation>흰색으로 표시할 값</translation>
    </message>
    <message>
        <source>to</source>
        <translation>~</translation>
    </message>
    <message>
        <source>Other values</source>
        <translation>다른 값</translation>
    </message>
    <message>
        <source>The images have {low} to {high}.</source>
        <translation>이미지의 값은 {low}부터 {high}까지입니다.</translation>
    </message>
</context>
<context>
    <name>VideoDialog</name>
    <message>
        <source>Frames of a video</source>
        <translation>동영상의 프레임</translation>
    </message>
    <message>
        <source>How much of the video has been seen</source>
        <translation>동영상에서 지나간 부분</translation>
    </message>
    <message>
        <source>Take frames</source>
        <translation>프레임 가져오기</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) taken</source>
        <translation>
            <numerusform>%Ln장 촬영함</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) taken: no more fit</source>
        <translation>
            <numerusform>사진 %Ln장을 찍었습니다. 더 담을 수 없습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>A frame every</source>
        <translation>프레임 간격</translation>
    </message>
</context>
<context>
    <name>ViewsField</name>
    <message>
        <source>Views of each training image</source>
        <translation>학습 이미지의 변형</translation>
    </message>
    <message>
        <source>A few, kept</source>
        <translation>몇 장만 만들어 보관</translation>
    </message>
    <message numerus="yes">
        <source>%n kept</source>
        <translation>
            <numerusform>%Ln장 보관</numerusform>
        </translation>
    </message>
    <message>
        <source>New in every epoch</source>
        <translation>에포크마다 새로</translation>
    </message>
    <message>
        <source>All new</source>
        <translation>매번 새로</translation>
    </message>
    <message>
        <source>Unvaried</source>
        <translation>변형하지 않음</translation>
    </message>
</context>
<context>
    <name>ViewsRow</name>
    <message>
        <source>Views</source>
        <translation>변형</translation>
    </message>
</context>
<context>
    <name>WeightsChoice</name>
    <message>
        <source>Pretrained weights</source>
        <translation>사전 학습 가중치</translation>
    </message>
    <message>
        <source>Their licence allows no commercial use. That may hold for what is trained from them, too.</source>
        <translation>이 가중치의 라이선스는 상업적 이용을 허용하지 않습니다. 이것으로 학습한 결과물도 마찬가지일 수 있습니다.</translation>
    </message>
    <message>
        <source>There are none: it can be trained from scratch only.</source>
        <translation>없습니다. 처음부터 학습할 수만 있습니다.</translation>
    </message>
    <message>
        <source>{weights} (default)</source>
        <translation>{weights}(기본)</translation>
    </message>
    <message>
        <source>top-1 {top1}</source>
        <translation>top-1 {top1}</translation>
    </message>
    <message>
        <source>not for commercial use</source>
        <translation>상업적 이용 불가</translation>
    </message>
    <message>
        <source>{classes} outputs</source>
        <translation>출력 {classes}개</translation>
    </message>
    <message>
        <source>without a head</source>
        <translation>헤드 없음</translation>
    </message>
    <message>
        <source>no licence stated</source>
        <translation>라이선스 정보 없음</translation>
    </message>
    <message>
        <source>licence {licence}</source>
        <translation>라이선스 {licence}</translation>
    </message>
    <message>
        <source>no checksum stated</source>
        <translation>체크섬 없음</translation>
    </message>
    <message>
        <source>Opens {url} in the browser</source>
        <translation>브라우저에서 {url} 열기</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>라이선스</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>학습 방법</translation>
    </message>
</context>
<context>
    <name>WeightsDialog</name>
    <message>
        <source>Pretrained weights</source>
        <translation>사전 학습 가중치</translation>
    </message>
    <message>
        <source>Import file…</source>
        <translation>파일 가져오기…</translation>
    </message>
    <message>
        <source>Take weights that you downloaded elsewhere</source>
        <translation>다른 곳에서 다운로드한 가중치를 가져옵니다</translation>
    </message>
    <message>
        <source>Import folder…</source>
        <translation>폴더 가져오기…</translation>
    </message>
    <message>
        <source>Take the weights of all networks in a folder, e.g. of a USB stick</source>
        <translation>폴더(예: USB 메모리)에 있는 모든 네트워크의 가중치를 가져옵니다</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>다운로드</translation>
    </message>
    <message>
        <source>Looking at what is on this machine…</source>
        <translation>이 컴퓨터에 있는 것을 살펴보는 중…</translation>
    </message>
    <message>
        <source>No pretrained weights on this machine yet</source>
        <translation>이 컴퓨터에 아직 사전 학습 가중치가 없습니다</translation>
    </message>
    <message>
        <source>Download them where a model is chosen. The studio never does so by itself. Without a network, import a file.</source>
        <translation>모델을 고르는 곳에서 다운로드하세요. TLStudio가 스스로 다운로드하지는 않습니다. 네트워크가 없으면 파일을 가져오세요.</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>모델 고르기</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>폴더 열기</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>삭제…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Pretrained weights on this machine</source>
        <translation>이 컴퓨터의 사전 학습 가중치</translation>
    </message>
    <message>
        <source>On this machine</source>
        <translation>이 컴퓨터에 있음</translation>
    </message>
    <message>
        <source>Importing…</source>
        <translation>가져오는 중…</translation>
    </message>
    <message>
        <source>It is installed with the studio and stays</source>
        <translation>TLStudio와 함께 설치된 것이라 지울 수 없습니다</translation>
    </message>
    <message>
        <source>{size} downloaded</source>
        <translation>{size} 다운로드함</translation>
    </message>
    <message>
        <source>Import pretrained weights</source>
        <translation>사전 학습 가중치 가져오기</translation>
    </message>
    <message>
        <source>A folder with weights of many networks</source>
        <translation>여러 네트워크의 가중치가 있는 폴더</translation>
    </message>
</context>
<context>
    <name>WhatButton</name>
    <message>
        <source>What is this?</source>
        <translation>이것은 무엇인가요?</translation>
    </message>
    <message>
        <source>Click here and then on anything, or press F1 where you are.</source>
        <translation>여기를 누른 다음 무엇이든 클릭하거나, 포커스가 있는 곳에서 F1을 누르세요.</translation>
    </message>
</context>
<context>
    <name>WhichDialog</name>
    <message>
        <source>Import pretrained weights</source>
        <translation>사전 학습 가중치 가져오기</translation>
    </message>
    <message>
        <source>Which weights are in “{name}”?</source>
        <translation>“{name}”에는 어떤 가중치가 들어 있나요?</translation>
    </message>
    <message>
        <source>They fit all of these; the page that you took the file from says which.</source>
        <translation>아래 모두에 맞습니다. 어느 것인지는 파일을 받은 페이지에 적혀 있습니다.</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>가져오기</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
</context>
<context>
    <name>WhyBar</name>
    <message>
        <source>Why this answer</source>
        <translation>이 답의 근거</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>끔</translation>
    </message>
    <message>
        <source>Grad-CAM</source>
        <translation>Grad-CAM</translation>
    </message>
    <message>
        <source>Occlusion</source>
        <translation>가림 실험</translation>
    </message>
    <message>
        <source>Class average</source>
        <translation>클래스 평균</translation>
    </message>
    <message>
        <source>What speaks for the class, by the gradients of the last layer with places</source>
        <translation>그래드캠(Grad-CAM): 위치를 유지하는 마지막 레이어의 기울기로 클래스의 근거를 찾습니다</translation>
    </message>
    <message>
        <source>What the answer loses while a square covers each place; no gradients, slower</source>
        <translation>가림 실험(occlusion): 곳곳을 사각형으로 가릴 때 답이 얼마나 약해지는지 봅니다. 기울기가 필요 없지만 느립니다</translation>
    </message>
    <message>
        <source>The mean Grad-CAM map over the images of the class that are in this gallery</source>
        <translation>이 갤러리에 있는 해당 클래스 이미지들의 Grad-CAM 히트맵 평균</translation>
    </message>
    <message>
        <source>What speaks for this class</source>
        <translation>이 클래스의 근거</translation>
    </message>
    <message>
        <source>Strength of the heat map</source>
        <translation>히트맵의 진하기</translation>
    </message>
    <message>
        <source>Save as PNG</source>
        <translation>PNG로 저장</translation>
    </message>
    <message>
        <source>Save as PNG, beside the photo</source>
        <translation>사진과 나란히 PNG로 저장</translation>
    </message>
    <message>
        <source>Making the heat map</source>
        <translation>히트맵을 만드는 중</translation>
    </message>
    <message>
        <source>for</source>
        <translation>대상</translation>
    </message>
    <message>
        <source>Why?</source>
        <translation>왜?</translation>
    </message>
    <message>
        <source>{name} (predicted)</source>
        <translation>{name} (예측)</translation>
    </message>
</context>
<context>
    <name>_Card</name>
    <message>
        <source>Read it so</source>
        <translation>이렇게 읽기</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>외 %Ln개</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n class(es)</source>
        <translation>
            <numerusform>클래스 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>{count} images, which the studio splits</source>
        <translation>이미지 {count}장, TLStudio가 나눔</translation>
    </message>
    <message>
        <source>Read so now</source>
        <translation>지금 이렇게 읽음</translation>
    </message>
</context>
<context>
    <name>_ImageSide</name>
    <message>
        <source>It is: {name}</source>
        <translation>정답: {name}</translation>
    </message>
    <message>
        <source>right</source>
        <translation>맞음</translation>
    </message>
    <message>
        <source>wrong</source>
        <translation>틀림</translation>
    </message>
</context>
<context>
    <name>actions</name>
    <message>
        <source>&amp;File</source>
        <translation>파일(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>편집(&amp;E)</translation>
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
        <source>Open dataset &amp;file…</source>
        <translation>데이터셋 파일 열기(&amp;F)…</translation>
    </message>
    <message>
        <source>Open an archive, a table or a packed dataset</source>
        <translation>압축 파일, 표 또는 묶음 데이터셋 열기</translation>
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
        <source>E&amp;xport manifest…</source>
        <translation>매니페스트 내보내기(&amp;X)…</translation>
    </message>
    <message>
        <source>Write down what was left out, moved and placed by hand, for a copy of the dataset</source>
        <translation>직접 제외하거나 옮기거나 배치한 내용을 파일로 저장하여 데이터셋의 사본에 쓸 수 있게 합니다</translation>
    </message>
    <message>
        <source>Write a clean cop&amp;y…</source>
        <translation>정리된 사본 쓰기(&amp;Y)…</translation>
    </message>
    <message>
        <source>Write the images as they are used now into a folder of their own, for other programs</source>
        <translation>지금 사용하는 상태의 이미지를 다른 프로그램에서 쓸 수 있도록 별도 폴더에 씁니다</translation>
    </message>
    <message>
        <source>&amp;New dataset…</source>
        <translation>새 데이터셋(&amp;N)…</translation>
    </message>
    <message>
        <source>&amp;Add images to this dataset…</source>
        <translation>이 데이터셋에 이미지 추가(&amp;A)…</translation>
    </message>
    <message>
        <source>Put more images into its class folders, or sort them anew</source>
        <translation>클래스 폴더에 이미지를 더 넣거나 다시 분류합니다</translation>
    </message>
    <message>
        <source>Do&amp;wnload a dataset…</source>
        <translation>데이터셋 다운로드(&amp;W)…</translation>
    </message>
    <message>
        <source>Ants &amp; Bees, CIFAR-10, Fashion-MNIST, Pets and others</source>
        <translation>Ants &amp; Bees, CIFAR-10, Fashion-MNIST, Oxford Pets 등</translation>
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
        <source>Load &amp;from the hub…</source>
        <translation>허브에서 불러오기(&amp;F)…</translation>
    </message>
    <message>
        <source>Fetch weights from the Hugging Face hub and load them</source>
        <translation>Hugging Face 허브에서 가중치를 받아 불러옵니다</translation>
    </message>
    <message>
        <source>&amp;Pretrained weights…</source>
        <translation>사전 학습 가중치(&amp;P)…</translation>
    </message>
    <message>
        <source>See, download, import and remove pretrained weights</source>
        <translation>사전 학습 가중치를 보고, 다운로드하고, 가져오고, 삭제합니다</translation>
    </message>
    <message>
        <source>Open class pac&amp;k…</source>
        <translation>수업 팩 열기(&amp;K)…</translation>
    </message>
    <message>
        <source>Take over images, weights, settings and quiz of a class from one file</source>
        <translation>수업의 이미지, 가중치, 설정, 퀴즈를 파일 하나에서 가져옵니다</translation>
    </message>
    <message>
        <source>Put all that a class needs into one file that opens without a network</source>
        <translation>수업에 필요한 것을 인터넷 없이 열리는 파일 하나에 모두 담습니다</translation>
    </message>
    <message>
        <source>R&amp;eport…</source>
        <translation>보고서(&amp;E)…</translation>
    </message>
    <message>
        <source>Write a report of the run in hand as HTML or PDF</source>
        <translation>현재 실행의 보고서를 HTML이나 PDF로 저장합니다</translation>
    </message>
    <message>
        <source>Hand the model on: ONNX, a folder that runs, PyTorch, a page, the hub</source>
        <translation>모델을 내보냅니다: ONNX, 바로 실행하는 폴더, PyTorch, 웹 페이지, 허브</translation>
    </message>
    <message>
        <source>Push to the hu&amp;b…</source>
        <translation>허브에 올리기(&amp;B)…</translation>
    </message>
    <message>
        <source>Hand the model on to the Hugging Face hub, with its card</source>
        <translation>모델을 모델 카드와 함께 Hugging Face 허브에 올립니다</translation>
    </message>
    <message>
        <source>S&amp;how me the PyTorch…</source>
        <translation>PyTorch 코드 보기(&amp;H)…</translation>
    </message>
    <message>
        <source>See the run as a PyTorch script or notebook of its own</source>
        <translation>이 학습을 독립된 PyTorch 스크립트나 노트북으로 봅니다</translation>
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
        <source>&amp;Undo</source>
        <translation>실행 취소(&amp;U)</translation>
    </message>
    <message>
        <source>Take back the last change of settings, ticks or split</source>
        <translation>설정, 체크, 분할의 마지막 변경을 되돌립니다</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>다시 실행(&amp;R)</translation>
    </message>
    <message>
        <source>Make the change again that was taken back</source>
        <translation>되돌린 변경을 다시 적용합니다</translation>
    </message>
    <message>
        <source>&amp;Preferences…</source>
        <translation>환경설정(&amp;P)…</translation>
    </message>
    <message>
        <source>Language, folders, space, device, internet, and what is remembered</source>
        <translation>언어, 폴더, 저장 공간, 장치, 인터넷, 기억하는 내용</translation>
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
        <source>&amp;Continue the run</source>
        <translation>실행 이어서 학습(&amp;C)</translation>
    </message>
    <message>
        <source>Go on with the run in hand from its last checkpoint</source>
        <translation>지금 열린 실행을 마지막 체크포인트에서 이어서 학습합니다</translation>
    </message>
    <message>
        <source>&amp;Find anything…</source>
        <translation>무엇이든 찾기(&amp;F)…</translation>
    </message>
    <message>
        <source>Find a command, page, model, layer, class or setting by its name</source>
        <translation>명령, 페이지, 모델, 레이어, 클래스, 설정을 이름으로 찾습니다</translation>
    </message>
    <message>
        <source>Take the &amp;tour</source>
        <translation>따라 하기(&amp;T)</translation>
    </message>
    <message>
        <source>From images to results in five steps, on the sample dataset</source>
        <translation>예제 데이터셋으로 이미지부터 결과까지 다섯 단계를 따라 합니다</translation>
    </message>
    <message>
        <source>&amp;Learn</source>
        <translation>배우기(&amp;L)</translation>
    </message>
    <message>
        <source>Lessons to drag with the hand: convolution, blocks, training</source>
        <translation>손으로 끌어 보며 배웁니다: 합성곱, 블록, 학습</translation>
    </message>
    <message>
        <source>&amp;User guide</source>
        <translation>사용 설명서(&amp;U)</translation>
    </message>
    <message>
        <source>Read how things are done; F1 first explains what the keyboard is at</source>
        <translation>사용 방법을 읽습니다. F1은 먼저 키보드 포커스가 있는 곳을 설명합니다</translation>
    </message>
    <message>
        <source>&amp;Glossary</source>
        <translation>용어집(&amp;G)</translation>
    </message>
    <message>
        <source>Look up what a word, a setting or a mark means</source>
        <translation>용어, 설정, 표시의 뜻을 찾아봅니다</translation>
    </message>
    <message>
        <source>&amp;What is this?</source>
        <translation>이것은 무엇인가요?(&amp;W)</translation>
    </message>
    <message>
        <source>Click on anything to have it explained</source>
        <translation>무엇이든 클릭하면 설명합니다</translation>
    </message>
    <message>
        <source>Every key that does something, by menu and by page</source>
        <translation>메뉴와 페이지별로 모아 둔 모든 단축키</translation>
    </message>
    <message>
        <source>What&apos;s &amp;new</source>
        <translation>새로운 기능(&amp;N)</translation>
    </message>
    <message>
        <source>What the latest versions brought</source>
        <translation>최근 버전에서 달라진 점</translation>
    </message>
    <message>
        <source>&amp;Simple</source>
        <translation>간단히 보기(&amp;S)</translation>
    </message>
    <message>
        <source>Leave layers and what only experts need out of sight; it goes on to hold</source>
        <translation>레이어와 전문가용 설정을 숨깁니다. 숨겨도 그대로 적용됩니다</translation>
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
        <source>&amp;Open log folder</source>
        <translation>로그 폴더 열기(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>키보드 단축키(&amp;K)</translation>
    </message>
    <message>
        <source>Close &amp;dataset</source>
        <translation>데이터셋 닫기(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Import manifest or split…</source>
        <translation>매니페스트 또는 분할 가져오기(&amp;I)…</translation>
    </message>
    <message>
        <source>Take over what was changed by hand in a copy of the dataset, or a split.csv</source>
        <translation>데이터셋의 사본에서 직접 바꾼 내용이나 split.csv를 가져옵니다</translation>
    </message>
    <message>
        <source>Save spli&amp;t as table…</source>
        <translation>분할을 표로 저장(&amp;T)…</translation>
    </message>
    <message>
        <source>Write image, class, split and group of every image as CSV</source>
        <translation>이미지마다 클래스, 분할, 그룹을 CSV로 저장합니다</translation>
    </message>
    <message>
        <source>Make classes, and put images, videos or the camera into them</source>
        <translation>클래스를 만들고 이미지, 동영상, 카메라 사진을 넣습니다</translation>
    </message>
    <message>
        <source>&amp;Make a class pack…</source>
        <translation>수업 팩 만들기(&amp;M)…</translation>
    </message>
    <message>
        <source>E&amp;xport…</source>
        <translation>내보내기(&amp;X)…</translation>
    </message>
    <message>
        <source>Try ima&amp;ges…</source>
        <translation>이미지 예측해 보기(&amp;G)…</translation>
    </message>
    <message>
        <source>&amp;Diagnostics…</source>
        <translation>진단 정보(&amp;D)…</translation>
    </message>
    <message>
        <source>See versions, machine and log, to send with a question</source>
        <translation>버전, 컴퓨터, 로그를 확인합니다. 질문할 때 함께 보낼 수 있습니다</translation>
    </message>
    <message>
        <source>L&amp;icences</source>
        <translation>라이선스(&amp;I)</translation>
    </message>
    <message>
        <source>See what TLStudio is made of, with the licence of each part</source>
        <translation>TLStudio를 이루는 구성 요소와 그 라이선스를 봅니다</translation>
    </message>
    <message>
        <source>&amp;About TLStudio</source>
        <translation>TLStudio 정보(&amp;A)</translation>
    </message>
    <message>
        <source>Nothing was changed by hand.</source>
        <translation>직접 바꾼 내용이 없습니다.</translation>
    </message>
    <message>
        <source>No folder with a folder for each class is open.</source>
        <translation>클래스마다 폴더가 있는 폴더를 열지 않았습니다.</translation>
    </message>
    <message>
        <source>There is no model yet: train or load one.</source>
        <translation>아직 모델이 없습니다. 학습하거나 불러오세요.</translation>
    </message>
    <message>
        <source>Nothing was trained yet.</source>
        <translation>아직 학습한 것이 없습니다.</translation>
    </message>
    <message>
        <source>The run in hand has done all its epochs; more are on the Runs page.</source>
        <translation>지금 열린 실행은 모든 에포크를 마쳤습니다. 에포크 추가는 실행 페이지에 있습니다.</translation>
    </message>
    <message>
        <source>No run is in hand: train, or open one.</source>
        <translation>열린 실행이 없습니다. 학습하거나 실행을 여세요.</translation>
    </message>
    <message>
        <source>No run is going on.</source>
        <translation>진행 중인 학습이 없습니다.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>되돌릴 것이 없습니다.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>다시 실행할 것이 없습니다.</translation>
    </message>
</context>
<context>
    <name>architecture</name>
    <message>
        <source>reduced inception module</source>
        <translation>차원 축소 인셉션 모듈</translation>
    </message>
    <message>
        <source>naive inception module</source>
        <translation>단순 인셉션 모듈</translation>
    </message>
    <message>
        <source>global average pool</source>
        <translation>전역 평균 풀링</translation>
    </message>
    <message>
        <source>global max pool</source>
        <translation>전역 최대 풀링</translation>
    </message>
    <message>
        <source>local response norm</source>
        <translation>국소 응답 정규화</translation>
    </message>
    <message>
        <source>bottleneck block</source>
        <translation>병목 블록</translation>
    </message>
    <message>
        <source>depthwise conv</source>
        <translation>깊이별 합성곱</translation>
    </message>
    <message>
        <source>batch norm</source>
        <translation>배치 정규화</translation>
    </message>
    <message>
        <source>layer norm</source>
        <translation>레이어 정규화</translation>
    </message>
    <message>
        <source>group norm</source>
        <translation>그룹 정규화</translation>
    </message>
    <message>
        <source>max pool</source>
        <translation>최대 풀링</translation>
    </message>
    <message>
        <source>avg pool</source>
        <translation>평균 풀링</translation>
    </message>
    <message>
        <source>attention</source>
        <translation>어텐션</translation>
    </message>
    <message>
        <source>dilated</source>
        <translation>팽창(dilation)</translation>
    </message>
    <message>
        <source>dropout</source>
        <translation>드롭아웃</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>선형</translation>
    </message>
    <message>
        <source>groups</source>
        <translation>그룹</translation>
    </message>
    <message>
        <source>heads</source>
        <translation>헤드</translation>
    </message>
    <message>
        <source>conv</source>
        <translation>합성곱</translation>
    </message>
    <message>
        <source>to</source>
        <translation>→</translation>
    </message>
    <message>
        <source>SubSampling</source>
        <translation>서브샘플링</translation>
    </message>
    <message>
        <source>ScaledTanh</source>
        <translation>tanh(크기 조정)</translation>
    </message>
    <message>
        <source>PartialConv</source>
        <translation>부분 연결 합성곱</translation>
    </message>
    <message>
        <source>concat</source>
        <translation>이어 붙이기</translation>
    </message>
    <message>
        <source>{block} + SE</source>
        <translation>{block} + SE</translation>
    </message>
    <message>
        <source>{count} parameters</source>
        <translation>파라미터 {count}개</translation>
    </message>
    <message>
        <source>only for training</source>
        <translation>학습할 때만 사용</translation>
    </message>
    <message>
        <source>frozen</source>
        <translation>고정</translation>
    </message>
    <message>
        <source>trains</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>trains in part</source>
        <translation>일부 학습</translation>
    </message>
    <message>
        <source>differs from the network on its left</source>
        <translation>왼쪽 네트워크와 다름</translation>
    </message>
    <message>
        <source>loss × {weight}</source>
        <translation>손실 × {weight}</translation>
    </message>
</context>
<context>
    <name>catalog</name>
    <message>
        <source>Remove {name} from this machine?</source>
        <translation>{name}을(를) 이 컴퓨터에서 제거할까요?</translation>
    </message>
    <message>
        <source>{size} would have to be downloaded again. Runs that were trained on it are kept.</source>
        <translation>{size}을(를) 다시 다운로드해야 합니다. 이 데이터셋으로 학습한 실행은 남습니다.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>제거</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>유지</translation>
    </message>
    <message>
        <source>{count} classes</source>
        <translation>클래스 {count}개</translation>
    </message>
    <message>
        <source>{count} images of about {side} px</source>
        <translation>약 {side} px 이미지 {count}장</translation>
    </message>
    <message>
        <source>licence: {name}</source>
        <translation>라이선스: {name}</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>연결하는 중…</translation>
    </message>
    <message>
        <source>Putting the images into folders…</source>
        <translation>이미지를 폴더에 나누는 중…</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{total} 중 {done}</translation>
    </message>
    <message>
        <source>{size}/s</source>
        <translation>초당 {size}</translation>
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
        <source>folder within the class</source>
        <translation>클래스 안의 폴더</translation>
    </message>
    <message>
        <source>start of the file name</source>
        <translation>파일 이름의 앞부분</translation>
    </message>
    <message>
        <source>burst of the camera</source>
        <translation>연속 촬영</translation>
    </message>
    <message>
        <source>Split by the studio, class by class, with seed {seed}: {val} for validation, {test} for testing.</source>
        <translation>TLStudio가 클래스마다 시드 {seed}로 나눔: 검증 {val}, 테스트 {test}.</translation>
    </message>
    <message>
        <source>Dealt to {folds} folds by the studio, class by class, with seed {seed}; fold {fold} validates; {test} are put aside for testing.</source>
        <translation>TLStudio가 클래스마다 시드 {seed}로 {folds}개 폴드로 나눔. 폴드 {fold}가 검증하고, {test}는 테스트용으로 따로 둡니다.</translation>
    </message>
    <message>
        <source>Images of a folder stayed together.</source>
        <translation>같은 폴더의 이미지는 함께 두었습니다.</translation>
    </message>
    <message>
        <source>Images with the same start of the file name stayed together.</source>
        <translation>파일 이름의 앞부분이 같은 이미지는 함께 두었습니다.</translation>
    </message>
    <message>
        <source>Images of a burst of the camera stayed together.</source>
        <translation>연속 촬영한 이미지는 함께 두었습니다.</translation>
    </message>
    <message>
        <source>Classics</source>
        <translation>고전 모델</translation>
    </message>
    <message>
        <source>{model} has no weights called “{name}”.</source>
        <translation>{model}에는 “{name}”이라는 가중치가 없습니다.</translation>
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
        <source>Pretrained</source>
        <translation>사전 학습</translation>
    </message>
    <message>
        <source>Random</source>
        <translation>무작위</translation>
    </message>
    <message>
        <source>A file or run</source>
        <translation>파일 또는 실행</translation>
    </message>
    <message>
        <source>Start from</source>
        <translation>시작 가중치</translation>
    </message>
    <message>
        <source>A file of weights or the folder of a run, of the same model. Its head is kept where the classes are the same.</source>
        <translation>같은 모델의 가중치 파일 또는 실행 폴더입니다. 클래스가 같으면 헤드도 그대로 가져옵니다.</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>가중치</translation>
    </message>
    <message>
        <source>The pretrained weights, by the name that their library gives them; empty means its default.</source>
        <translation>사전 학습 가중치를 라이브러리가 붙인 이름으로 고릅니다. 비워 두면 기본 가중치를 씁니다.</translation>
    </message>
    <message>
        <source>Input size</source>
        <translation>입력 크기</translation>
    </message>
    <message>
        <source>Side of the square image that the network sees; 0 means what its weights expect.</source>
        <translation>네트워크가 보는 정사각형 이미지의 한 변입니다. 0이면 가중치에 맞는 크기입니다.</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>색</translation>
    </message>
    <message>
        <source>Grey images are repeated into red, green and blue; or everything is turned to grey, and the first convolution takes one channel.</source>
        <translation>흑백 이미지는 빨강·초록·파랑에 똑같이 들어갑니다. 또는 모든 이미지를 흑백으로 바꾸고 첫 합성곱(컨볼루션)이 채널 하나를 받게 합니다.</translation>
    </message>
    <message>
        <source>Red, green, blue</source>
        <translation>컬러(RGB)</translation>
    </message>
    <message>
        <source>Grey</source>
        <translation>흑백</translation>
    </message>
    <message>
        <source>Stem</source>
        <translation>스템</translation>
    </message>
    <message>
        <source>Networks for large photos shrink the image at once. For tiny images the small stem keeps its size, as the networks for CIFAR do.</source>
        <translation>큰 사진용 네트워크는 이미지를 바로 줄입니다. 작은 이미지에는 CIFAR용 네트워크처럼 크기를 유지하는 작은 스템이 좋습니다.</translation>
    </message>
    <message>
        <source>As it is</source>
        <translation>그대로</translation>
    </message>
    <message>
        <source>For tiny images</source>
        <translation>작은 이미지용</translation>
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
        <source>Head alone for</source>
        <translation>헤드만 학습</translation>
    </message>
    <message>
        <source>Epochs in which only the head trains.</source>
        <translation>헤드만 학습하는 에포크 수입니다.</translation>
    </message>
    <message>
        <source>A stage every</source>
        <translation>스테이지 추가 간격</translation>
    </message>
    <message>
        <source>After so many epochs one more stage begins to train.</source>
        <translation>이만큼의 에포크가 지날 때마다 스테이지 하나가 더 학습을 시작합니다.</translation>
    </message>
    <message>
        <source>Backbone&apos;s rate</source>
        <translation>백본 학습률</translation>
    </message>
    <message>
        <source>How fast pretrained layers learn, compared with the head: just as fast, with a part of its learning rate, or less with every stage towards the input.</source>
        <translation>사전 학습된 레이어가 헤드에 비해 얼마나 빨리 배울지 정합니다. 똑같이, 헤드 학습률의 일부로, 또는 입력 쪽으로 갈수록 스테이지마다 더 느리게 할 수 있습니다.</translation>
    </message>
    <message>
        <source>A part of the head&apos;s</source>
        <translation>헤드 학습률의 일부</translation>
    </message>
    <message>
        <source>Less with each stage</source>
        <translation>스테이지마다 느리게</translation>
    </message>
    <message>
        <source>The same</source>
        <translation>똑같이</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>비율</translation>
    </message>
    <message>
        <source>Multiple of the learning rate for everything below the head.</source>
        <translation>헤드 아래 모든 레이어의 학습률에 곱하는 값입니다.</translation>
    </message>
    <message>
        <source>Per stage</source>
        <translation>스테이지마다</translation>
    </message>
    <message>
        <source>What the learning rate is multiplied by with each stage from the head.</source>
        <translation>헤드에서 한 스테이지 멀어질 때마다 학습률에 곱하는 값입니다.</translation>
    </message>
    <message>
        <source>BatchNorm statistics</source>
        <translation>BatchNorm 통계</translation>
    </message>
    <message>
        <source>Means and variances that normalisation layers keep. They move only where their layer trains; or nowhere, which suits small batches; or everywhere, frozen layers as well, as in the PyTorch tutorial.</source>
        <translation>정규화 레이어가 간직하는 평균과 분산입니다. 학습하는 레이어에서만 갱신하거나, 어디서도 갱신하지 않거나(작은 배치에 적합), PyTorch 튜토리얼처럼 고정된 레이어까지 모두 갱신할 수 있습니다.</translation>
    </message>
    <message>
        <source>Frozen with their layer</source>
        <translation>레이어와 함께 고정</translation>
    </message>
    <message>
        <source>All frozen</source>
        <translation>모두 고정</translation>
    </message>
    <message>
        <source>All adapt</source>
        <translation>모두 갱신</translation>
    </message>
    <message>
        <source>Few images, similar</source>
        <translation>적은 이미지, 비슷함</translation>
    </message>
    <message>
        <source>Few images, different</source>
        <translation>적은 이미지, 다름</translation>
    </message>
    <message>
        <source>Many images, similar</source>
        <translation>많은 이미지, 비슷함</translation>
    </message>
    <message>
        <source>Many images, different</source>
        <translation>많은 이미지, 다름</translation>
    </message>
    <message>
        <source>Nothing to transfer</source>
        <translation>전이할 가중치 없음</translation>
    </message>
    <message>
        <source>Not measured</source>
        <translation>측정하지 않음</translation>
    </message>
    <message>
        <source>Layers to train</source>
        <translation>학습할 레이어</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>에포크</translation>
    </message>
    <message>
        <source>Uneven classes</source>
        <translation>클래스 불균형</translation>
    </message>
    <message>
        <source>Dataset</source>
        <translation>데이터셋</translation>
    </message>
    <message>
        <source>The number of passes over all training images.</source>
        <translation>모든 학습 이미지를 몇 번 반복해서 볼지 정합니다.</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>배치 크기</translation>
    </message>
    <message>
        <source>Images per training step. Larger is smoother and needs more memory.</source>
        <translation>학습 한 스텝에 쓰는 이미지 수. 클수록 학습이 매끄럽지만 메모리가 더 필요합니다.</translation>
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
        <translation>한 스텝의 갱신 폭. 너무 크면 손실이 튀고, 너무 작으면 더디게 줄어듭니다.</translation>
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
        <source>Patience</source>
        <translation>조기 종료 대기</translation>
    </message>
    <message>
        <source>After so many epochs without a better validation accuracy the run ends; 0 means never.</source>
        <translation>이만큼의 에포크 동안 검증 정확도가 나아지지 않으면 학습을 끝냅니다. 0이면 끝까지 합니다.</translation>
    </message>
    <message>
        <source>Batches per step</source>
        <translation>스텝당 배치 수</translation>
    </message>
    <message>
        <source>Gradients of so many batches are added up before each step: a larger batch without its memory.</source>
        <translation>이만큼의 배치에서 나온 기울기를 더한 뒤 한 번 갱신합니다. 메모리를 더 쓰지 않고 배치를 키우는 방법입니다.</translation>
    </message>
    <message>
        <source>batches</source>
        <translation>배치</translation>
    </message>
    <message>
        <source>How gradients become steps.</source>
        <translation>기울기로 가중치를 갱신하는 방법.</translation>
    </message>
    <message>
        <source>Momentum</source>
        <translation>모멘텀</translation>
    </message>
    <message>
        <source>How much of the last step is kept in the next one.</source>
        <translation>이전 스텝의 갱신을 다음 스텝에 얼마나 남길지 정합니다.</translation>
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
        <source>Gradient clipping</source>
        <translation>기울기 클리핑</translation>
    </message>
    <message>
        <source>Gradients that are longer than this, all together, are shortened to it; 0 means never.</source>
        <translation>전체 기울기의 크기가 이보다 크면 이 크기로 줄입니다. 0이면 줄이지 않습니다.</translation>
    </message>
    <message>
        <source>Averaged weights</source>
        <translation>지수 이동 평균(EMA)</translation>
    </message>
    <message>
        <source>How much of the moving average of the weights is kept at each step; the average is what is validated and saved. 0.99 suits short runs; 0 means no average.</source>
        <translation>스텝마다 가중치 이동 평균을 얼마나 유지할지 정합니다. 검증과 저장에는 이 평균을 씁니다. 짧은 학습에는 0.99가 알맞고, 0이면 평균을 내지 않습니다.</translation>
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
        <source>1/2, 3/4</source>
        <translation>1/2, 3/4</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>코사인</translation>
    </message>
    <message>
        <source>One cycle</source>
        <translation>원 사이클</translation>
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
        <source>Warm-up</source>
        <translation>웜업</translation>
    </message>
    <message>
        <source>Epochs in which the learning rate rises from a tenth to its full value.</source>
        <translation>학습률이 10분의 1에서 원래 값까지 올라가는 에포크 수입니다.</translation>
    </message>
    <message>
        <source>Label smoothing</source>
        <translation>레이블 스무딩</translation>
    </message>
    <message>
        <source>Share of the target that is spread over all classes, so that the network does not become too sure of itself; 0.1 is usual.</source>
        <translation>정답의 일부를 모든 클래스에 나누어, 네트워크가 지나치게 확신하지 않게 합니다. 보통 0.1을 씁니다.</translation>
    </message>
    <message>
        <source>Mixed images</source>
        <translation>이미지 섞기</translation>
    </message>
    <message>
        <source>Two training images are blended (mixup), or a part of one is pasted into the other (CutMix), and so are their classes. New in every epoch, so that frozen layers cannot be computed once.</source>
        <translation>학습 이미지 두 장을 겹치거나(mixup) 한 장의 일부를 다른 장에 붙이고(CutMix), 클래스도 그만큼 섞습니다. 에포크마다 새로 만들므로 고정된 레이어를 한 번만 계산할 수 없습니다.</translation>
    </message>
    <message>
        <source>No</source>
        <translation>안 함</translation>
    </message>
    <message>
        <source>Mixing strength</source>
        <translation>섞는 정도</translation>
    </message>
    <message>
        <source>Alpha of the beta distribution of the shares: 0.2 mixes little, 1 much.</source>
        <translation>섞는 비율을 정하는 베타 분포의 알파입니다. 0.2는 조금, 1은 많이 섞습니다.</translation>
    </message>
    <message>
        <source>Small classes count as much as large ones: by their weight in the loss, or by showing their images more often.</source>
        <translation>손실에서 가중치를 주거나 이미지를 더 자주 보여 주어, 작은 클래스도 큰 클래스만큼 반영합니다.</translation>
    </message>
    <message>
        <source>Weighted loss</source>
        <translation>손실 가중치</translation>
    </message>
    <message>
        <source>Balanced sampling</source>
        <translation>균형 샘플링</translation>
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
        <source>As they are</source>
        <translation>원본 그대로</translation>
    </message>
    <message>
        <source>Pretrained on ImageNet, random, or those of a file or run.</source>
        <translation>ImageNet으로 사전 학습된 값, 임의의 값, 또는 파일이나 실행의 값입니다.</translation>
    </message>
    <message>
        <source>Fit to the square</source>
        <translation>정사각형 맞춤</translation>
    </message>
    <message>
        <source>How a wide or tall image becomes a square: its centre is cut out, or all of it is squashed, which changes its proportions and loses nothing at the edges.</source>
        <translation>넓거나 긴 이미지를 정사각형으로 만드는 방법입니다. 가운데를 잘라 내거나, 비율을 무시하고 전체를 맞춥니다. 전체를 맞추면 비율은 달라지지만 가장자리를 잃지 않습니다.</translation>
    </message>
    <message>
        <source>As the weights expect</source>
        <translation>가중치에 맞게</translation>
    </message>
    <message>
        <source>Cut out the centre</source>
        <translation>가운데 잘라 내기</translation>
    </message>
    <message>
        <source>Squash the whole image</source>
        <translation>비율을 무시하고 전체 맞춤</translation>
    </message>
    <message>
        <source>Hidden layer of the head</source>
        <translation>헤드의 은닉층</translation>
    </message>
    <message>
        <source>Units of a fully connected layer with ReLU before the last one, which makes the head a multi-layer perceptron (MLP); 0 means one linear layer.</source>
        <translation>마지막 레이어 앞에 두는 ReLU 완전 연결층의 유닛 수로, 헤드가 다층 퍼셉트론(MLP)이 됩니다. 0이면 선형 레이어 하나입니다.</translation>
    </message>
    <message>
        <source>units</source>
        <translation>유닛</translation>
    </message>
    <message>
        <source>Dropout in the head</source>
        <translation>헤드의 드롭아웃</translation>
    </message>
    <message>
        <source>Share of the values before the last layer that training sets to 0 by chance.</source>
        <translation>학습할 때 마지막 레이어에 들어가는 값 중 무작위로 0으로 만드는 비율입니다.</translation>
    </message>
    <message>
        <source>Auxiliary classifiers</source>
        <translation>보조 분류기</translation>
    </message>
    <message>
        <source>Small heads in the middle of the network, whose losses count 0.3 in training and which are left out afterwards. They help where all values are random at first; where only the head trains there are none.</source>
        <translation>네트워크 중간의 작은 헤드입니다. 학습할 때 그 손실에 0.3을 곱해 더하고, 학습이 끝나면 쓰지 않습니다. 모든 값이 무작위에서 시작할 때 도움이 되며, 헤드만 학습할 때는 없습니다.</translation>
    </message>
    <message>
        <source>If values are random</source>
        <translation>무작위 값에서 시작할 때</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>예</translation>
    </message>
    <message>
        <source>Random crop</source>
        <translation>무작위 자르기</translation>
    </message>
    <message>
        <source>Rotate a little</source>
        <translation>조금 회전</translation>
    </message>
    <message>
        <source>Pad and crop</source>
        <translation>여백 두고 자르기</translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation>좌우·상하 반전</translation>
    </message>
    <message>
        <source>Every other view is mirrored, in these directions. Letters and digits must not be; under a microscope or from the air there is no up and down.</source>
        <translation>변형의 절반을 이 방향으로 반전합니다. 글자와 숫자는 반전하면 안 되고, 현미경·항공 사진에는 위아래가 없습니다.</translation>
    </message>
    <message>
        <source>Left and right</source>
        <translation>좌우</translation>
    </message>
    <message>
        <source>Up and down</source>
        <translation>상하</translation>
    </message>
    <message>
        <source>Both</source>
        <translation>좌우와 상하</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>반전 안 함</translation>
    </message>
    <message>
        <source>Smallest crop</source>
        <translation>최소 자르기 넓이</translation>
    </message>
    <message>
        <source>The share of the image that a random crop shows at least. More where what matters is small or lies at the edge.</source>
        <translation>무작위로 자를 때 적어도 보여 줄 이미지의 비율입니다. 중요한 것이 작거나 가장자리에 있으면 크게 합니다.</translation>
    </message>
    <message>
        <source>Rotate by up to</source>
        <translation>최대 회전각</translation>
    </message>
    <message>
        <source>To either side; what comes in at the corners is black.</source>
        <translation>양쪽으로 회전하며, 모서리의 빈 곳은 검은색입니다.</translation>
    </message>
    <message>
        <source>Also rotate by up to</source>
        <translation>추가 회전각</translation>
    </message>
    <message>
        <source>To either side, before it is cropped; 0 means never.</source>
        <translation>자르기 전에 양쪽으로 회전합니다. 0이면 회전하지 않습니다.</translation>
    </message>
    <message>
        <source>Padding</source>
        <translation>여백</translation>
    </message>
    <message>
        <source>The share of its side by which the image moves at most in each direction. 0.125 is what is usual for CIFAR: 4 of 32 pixels.</source>
        <translation>이미지가 각 방향으로 최대한 움직이는 거리를 변의 비율로 나타냅니다. CIFAR에서는 보통 0.125(32픽셀 중 4픽셀)입니다.</translation>
    </message>
    <message>
        <source>Further changes</source>
        <translation>추가 변형</translation>
    </message>
    <message>
        <source>Changes that are drawn from a list of 14, such as shearing, brightness and sharpness. RandAugment: a few of one strength. TrivialAugment: one of any strength, with nothing to set.</source>
        <translation>기울이기, 밝기, 선명도 등 14가지에서 무작위로 고르는 변형입니다. RandAugment는 정한 강도로 몇 가지를, TrivialAugment는 임의의 강도로 한 가지를 적용하며 정할 값이 없습니다.</translation>
    </message>
    <message>
        <source>None</source>
        <translation>없음</translation>
    </message>
    <message>
        <source>In a row</source>
        <translation>연속 횟수</translation>
    </message>
    <message>
        <source>How many changes RandAugment makes to an image.</source>
        <translation>RandAugment가 이미지 하나에 적용하는 변형의 수입니다.</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>강도</translation>
    </message>
    <message>
        <source>How strong the changes of RandAugment are, from 0 to 30.</source>
        <translation>RandAugment 변형의 강도로, 0에서 30까지입니다.</translation>
    </message>
    <message>
        <source>Colour changes</source>
        <translation>색 변화</translation>
    </message>
    <message>
        <source>Brightness, contrast and saturation change by up to this share: 0.4 is much, 0 means never.</source>
        <translation>밝기, 대비, 채도를 이 비율까지 바꿉니다. 0.4면 많은 편이고, 0이면 바꾸지 않습니다.</translation>
    </message>
    <message>
        <source>Hue changes</source>
        <translation>색조 변화</translation>
    </message>
    <message>
        <source>By up to this share of the colour wheel: 0.5 turns red into cyan, 0 means never.</source>
        <translation>색상환의 이 비율까지 바꿉니다. 0.5면 빨강이 청록이 되고, 0이면 바꾸지 않습니다.</translation>
    </message>
    <message>
        <source>Blurred</source>
        <translation>흐린 변형의 비율</translation>
    </message>
    <message>
        <source>The share of the views that are blurred.</source>
        <translation>흐리게 만드는 변형의 비율입니다.</translation>
    </message>
    <message>
        <source>Blur by up to</source>
        <translation>최대 흐림</translation>
    </message>
    <message>
        <source>Standard deviation of the Gauss curve that each pixel is spread over.</source>
        <translation>픽셀을 퍼뜨리는 가우스 함수의 표준편차입니다.</translation>
    </message>
    <message>
        <source>Erased</source>
        <translation>지운 변형의 비율</translation>
    </message>
    <message>
        <source>The share of the views in which a box is covered with one colour, so that the network looks at more than one part of a thing.</source>
        <translation>상자 모양 영역을 한 가지 색으로 가리는 변형의 비율입니다. 네트워크가 사물의 한 부분만 보지 않게 합니다.</translation>
    </message>
    <message>
        <source>Largest box</source>
        <translation>최대 상자 넓이</translation>
    </message>
    <message>
        <source>The share of the view that is covered at most.</source>
        <translation>가리는 영역이 변형에서 차지하는 최대 비율입니다.</translation>
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
        <source>Inference engine</source>
        <translation>추론 엔진</translation>
    </message>
    <message>
        <source>What computes frozen layers and predictions on the processor: the same numbers to five digits, up to twice as fast. Automatic takes the one that is fastest in a short trial on this machine; torch is exact to the last bit.</source>
        <translation>프로세서에서 동결한 레이어와 예측을 계산하는 프로그램입니다. 값은 다섯 자리까지 같고 최대 두 배 빠릅니다. 자동은 이 컴퓨터에서 짧게 겨뤄 가장 빠른 것을 씁니다. torch는 마지막 비트까지 정확합니다.</translation>
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
        <source>{title}: “{typed}” cannot be used.</source>
        <translation>{title}: “{typed}”은(는) 쓸 수 없습니다.</translation>
    </message>
    <message>
        <source>{title}: nothing stands in the field.</source>
        <translation>{title}: 입력란이 비어 있습니다.</translation>
    </message>
    <message>
        <source>“{value}” is out of bounds.</source>
        <translation>“{value}”은(는) 범위를 벗어납니다.</translation>
    </message>
    <message>
        <source>It must be above {minimum} and at most {maximum}.</source>
        <translation>{minimum}보다 크고 {maximum} 이하인 값을 입력하세요.</translation>
    </message>
    <message>
        <source>It must be a whole number from {minimum} to {maximum}.</source>
        <translation>{minimum}부터 {maximum}까지의 정수여야 합니다.</translation>
    </message>
    <message>
        <source>It must be a number from {minimum} to {maximum}.</source>
        <translation>{minimum} 이상 {maximum} 이하인 숫자를 입력하세요.</translation>
    </message>
    <message>
        <source>“{value}” can be read in two ways.</source>
        <translation>“{value}”은(는) 두 가지로 읽힙니다.</translation>
    </message>
    <message>
        <source>Write {grouped} or {decimal}.</source>
        <translation>{grouped} 또는 {decimal}처럼 쓰세요.</translation>
    </message>
    <message>
        <source>“{value}” is not a whole number.</source>
        <translation>“{value}”은(는) 정수가 아닙니다.</translation>
    </message>
    <message>
        <source>Write it in digits: 25.</source>
        <translation>25처럼 숫자로 쓰세요.</translation>
    </message>
    <message>
        <source>“{value}” is not a number.</source>
        <translation>“{value}”은(는) 숫자가 아닙니다.</translation>
    </message>
    <message>
        <source>Write it like 0.01, 0,01 or 1e-2.</source>
        <translation>0.01, 0,01 또는 1e-2처럼 쓰세요.</translation>
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
        <source>Head</source>
        <translation>헤드</translation>
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
        <source>Loss</source>
        <translation>손실</translation>
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
        <source>images packed in files, as in CIFAR or MNIST</source>
        <translation>파일 안에 묶인 이미지 (CIFAR, MNIST 등)</translation>
    </message>
    <message>
        <source>a table of images and their classes</source>
        <translation>이미지와 클래스를 적은 표</translation>
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
        <source>The groups are too large to be kept in one split each; they are split.</source>
        <translation>그룹이 너무 커서 한 분할에 모을 수 없어 나누었습니다.</translation>
    </message>
    <message>
        <source>left out by hand</source>
        <translation>직접 제외함</translation>
    </message>
    <message>
        <source>left out because of a finding</source>
        <translation>점검 결과에 따라 제외함</translation>
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
        <source>Highest loss</source>
        <translation>손실이 큰 순</translation>
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
        <source>Most sure</source>
        <translation>가장 확신함</translation>
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
        <source>it is a folder, a pipe or a device</source>
        <translation>폴더, 파이프 또는 장치입니다</translation>
    </message>
    <message>
        <source>“{name}” is write-protected.</source>
        <translation>“{name}” 파일은 쓰기 금지되어 있습니다.</translation>
    </message>
    <message>
        <source>Choose another name, or let the file be written to.</source>
        <translation>다른 이름을 고르거나 파일의 쓰기 금지를 해제하세요.</translation>
    </message>
    <message>
        <source>The list of licences is damaged.</source>
        <translation>라이선스 목록이 손상되었습니다.</translation>
    </message>
    <message>
        <source>Install TLStudio again.</source>
        <translation>TLStudio를 다시 설치하세요.</translation>
    </message>
    <message>
        <source>Only a recipe has a budget.</source>
        <translation>예산은 레시피에만 있습니다.</translation>
    </message>
    <message>
        <source>Add --recipe {recipes}, or leave --budget out.</source>
        <translation>--recipe {recipes} 옵션을 넣거나 --budget을 빼 주세요.</translation>
    </message>
    <message>
        <source>The recipe itself decides what {flags} would.</source>
        <translation>{flags}로 정할 것은 레시피가 스스로 정합니다.</translation>
    </message>
    <message>
        <source>Leave them out, or race without --recipe.</source>
        <translation>그 옵션을 빼거나, --recipe 없이 비교해 주세요.</translation>
    </message>
    <message>
        <source>Nothing to compare was named.</source>
        <translation>비교할 전략이나 네트워크가 없습니다.</translation>
    </message>
    <message>
        <source>For example: --strategies feature_extraction,fine_tuning.</source>
        <translation>예: --strategies feature_extraction,fine_tuning.</translation>
    </message>
    <message>
        <source>{rates} learning rates are no match for {entries} entries.</source>
        <translation>학습률 {rates}개는 후보 {entries}개와 수가 맞지 않습니다.</translation>
    </message>
    <message>
        <source>Give one for each, in their order.</source>
        <translation>후보마다 하나씩 순서대로 주세요.</translation>
    </message>
    <message>
        <source>The following arguments are required: {names}.</source>
        <translation>다음 인수가 필요합니다: {names}.</translation>
    </message>
    <message>
        <source>{flag} has no meaning with --resume.</source>
        <translation>{flag}은(는) --resume과 함께 쓸 수 없습니다.</translation>
    </message>
    <message>
        <source>A run goes on with its own settings and folder.</source>
        <translation>실행은 자신의 설정과 폴더로 이어집니다.</translation>
    </message>
    <message>
        <source>This run has had its {epochs} epochs.</source>
        <translation>이 실행은 {epochs}에포크를 모두 마쳤습니다.</translation>
    </message>
    <message>
        <source>Say how many it is to have in all, for example {example}.</source>
        <translation>모두 몇 에포크로 할지 정하세요. 예: {example}</translation>
    </message>
    <message>
        <source>“{name}” is not the dataset that the run began with.</source>
        <translation>“{name}”은(는) 이 실행을 시작한 데이터셋이 아닙니다.</translation>
    </message>
    <message>
        <source>Its images, classes and split must be the same for a run to go on.</source>
        <translation>이어서 학습하려면 이미지, 클래스, 분할이 같아야 합니다.</translation>
    </message>
    <message>
        <source>“{name}” holds another run already.</source>
        <translation>“{name}”에 이미 다른 실행이 있습니다.</translation>
    </message>
    <message>
        <source>Choose another folder, go on with it (--resume {name}), or let the new run take its place (--overwrite).</source>
        <translation>다른 폴더를 고르거나, 그 실행을 이어서 학습하거나(--resume {name}), 새 실행으로 바꾸세요(--overwrite).</translation>
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
        <translation>미세 조정(파인 튜닝)</translation>
    </message>
    <message>
        <source>Everything trains, starting from the pretrained values. Often the most accurate, slower, and wants more images.</source>
        <translation>사전 학습한 값에서 시작해 모든 레이어를 학습합니다. 대개 가장 정확하지만 느리고 이미지가 더 필요합니다.</translation>
    </message>
    <message>
        <source>Discriminative learning rates</source>
        <translation>차등 학습률</translation>
    </message>
    <message>
        <source>Everything trains, the pretrained layers more carefully than the new head: with a tenth of its learning rate, or less and less towards the input.</source>
        <translation>전체를 학습하되, 사전 학습된 레이어는 새 헤드보다 조심스럽게 학습합니다. 학습률을 10분의 1로 하거나 입력 쪽으로 갈수록 줄입니다.</translation>
    </message>
    <message>
        <source>Gradual unfreezing</source>
        <translation>점진적 고정 해제</translation>
    </message>
    <message>
        <source>The head trains first; then, every few epochs, one more stage joins, from the last to the first.</source>
        <translation>먼저 헤드를 학습하고, 몇 에포크마다 뒤쪽 스테이지부터 하나씩 더 학습합니다.</translation>
    </message>
    <message>
        <source>Head first, then everything</source>
        <translation>헤드 먼저, 그다음 전체</translation>
    </message>
    <message>
        <source>In the first epochs only the head trains, so that its random values do not disturb the backbone; then everything does.</source>
        <translation>처음 몇 에포크는 헤드만 학습해 헤드의 무작위 값이 백본을 흐트러뜨리지 않게 하고, 그다음 전체를 학습합니다.</translation>
    </message>
    <message>
        <source>Linear probe, then fine-tuning</source>
        <translation>선형 프로브 후 미세 조정</translation>
    </message>
    <message>
        <source>The head starts as the best linear classifier of the frozen features, found at once; then everything trains.</source>
        <translation>고정된 특징에 가장 잘 맞는 선형 분류기를 한 번에 구해 헤드의 시작 값으로 쓰고, 그다음 전체를 학습합니다.</translation>
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
        <source>This model has no pretrained weights to look at.</source>
        <translation>이 모델에는 살펴볼 사전 학습 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>Choose a model that has them.</source>
        <translation>가중치가 있는 모델을 고르세요.</translation>
    </message>
    <message>
        <source>Download them in the Model step.</source>
        <translation>모델 단계에서 다운로드하세요.</translation>
    </message>
    <message>
        <source>The layers of the network are being read.</source>
        <translation>네트워크의 레이어를 읽고 있습니다.</translation>
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
        <source>A setting cannot be used as it stands.</source>
        <translation>쓸 수 없는 설정값이 있습니다.</translation>
    </message>
    <message>
        <source>A training run is in progress.</source>
        <translation>학습이 진행 중입니다.</translation>
    </message>
    <message>
        <source>This can start when it is over.</source>
        <translation>끝나면 시작할 수 있습니다.</translation>
    </message>
    <message>
        <source>A race, a cross-validation or another measurement is in progress.</source>
        <translation>비교 실험, 교차 검증 또는 다른 측정이 진행 중입니다.</translation>
    </message>
    <message>
        <source>This can start when it is over or cancelled.</source>
        <translation>끝나거나 취소하면 시작할 수 있습니다.</translation>
    </message>
    <message>
        <source>The head of {model} is not linear, so no linear probe fits into it.</source>
        <translation>{model}의 헤드는 선형이 아니어서 선형 프로브를 쓸 수 없습니다.</translation>
    </message>
    <message>
        <source>Let the head train first instead, then everything.</source>
        <translation>대신 헤드를 먼저 학습하고 그다음 전체를 학습하세요.</translation>
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
        <source>The image is too large to be decoded within 300 MB of memory.</source>
        <translation>이미지가 너무 커서 메모리 300 MB 안에서 디코딩할 수 없습니다.</translation>
    </message>
    <message>
        <source>The image carries more than 96 MB of text or colour profile.</source>
        <translation>이미지에 텍스트나 프로파일이 96 MB 넘게 들어 있습니다.</translation>
    </message>
    <message>
        <source>The file is not an image of a known format.</source>
        <translation>알 수 없는 이미지 형식입니다.</translation>
    </message>
    <message>
        <source>HEIC is not readable here: install pi-heif (tlstudio[heic]), or convert it to JPEG.</source>
        <translation>여기서는 HEIC을 읽을 수 없습니다. pi-heif(tlstudio[heic])를 설치하거나 JPEG로 변환하세요.</translation>
    </message>
    <message>
        <source>AVIF is not readable here: install Pillow 11.3 or later, or convert it to JPEG.</source>
        <translation>여기서는 AVIF를 읽을 수 없습니다. Pillow 11.3 이상을 설치하거나 JPEG로 변환하세요.</translation>
    </message>
    <message>
        <source>The raw file of a camera: develop it to JPEG or TIFF first.</source>
        <translation>카메라 RAW 파일입니다. 먼저 JPEG나 TIFF로 현상하세요.</translation>
    </message>
    <message>
        <source>A drawing or a document: export it as PNG or JPEG first.</source>
        <translation>그림 파일이나 문서입니다. 먼저 PNG나 JPEG로 내보내세요.</translation>
    </message>
    <message>
        <source>A video: save frames of it as images first.</source>
        <translation>동영상입니다. 먼저 프레임을 이미지로 저장하세요.</translation>
    </message>
    <message>
        <source>Measured data of a kind that is not read here: convert it to TIFF or PNG first.</source>
        <translation>여기서 읽지 않는 종류의 측정 데이터입니다. 먼저 TIFF나 PNG로 변환하세요.</translation>
    </message>
    <message>
        <source>An image of a kind that is not read here: convert it to PNG or JPEG first.</source>
        <translation>여기서 읽지 못하는 형식의 이미지입니다. 먼저 PNG나 JPEG로 변환하세요.</translation>
    </message>
    <message>
        <source>Only a pointer of Git LFS is here: fetch the files themselves (git lfs pull).</source>
        <translation>Git LFS 포인터만 있습니다. 파일 자체를 받으세요(git lfs pull).</translation>
    </message>
    <message>
        <source>A web page with the name of an image: its download failed.</source>
        <translation>이름만 이미지이고 내용은 웹 페이지입니다. 다운로드에 실패한 파일입니다.</translation>
    </message>
    <message>
        <source>A hidden file.</source>
        <translation>숨김 파일입니다.</translation>
    </message>
    <message>
        <source>Not an image.</source>
        <translation>이미지가 아닙니다.</translation>
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
        <source>It is split as usual instead.</source>
        <translation>대신 기본 설정으로 나눕니다.</translation>
    </message>
    <message>
        <source>“{name}” is no dataset that can be opened.</source>
        <translation>“{name}”은(는) 열 수 있는 데이터셋이 아닙니다.</translation>
    </message>
    <message>
        <source>Open a folder of images, an archive (.zip, .tar), a table (.csv), or the files of CIFAR, MNIST or STL-10.</source>
        <translation>이미지 폴더, 압축 파일(.zip, .tar), 표(.csv), 또는 CIFAR, MNIST, STL-10 파일을 여세요.</translation>
    </message>
    <message>
        <source>There is no folder or file “{path}”.</source>
        <translation>“{path}” 폴더나 파일이 없습니다.</translation>
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
        <source>It lies in no folder that says its class.</source>
        <translation>클래스를 알려 주는 폴더 안에 있지 않습니다.</translation>
    </message>
    <message>
        <source>It lies beside the class folders, not in one.</source>
        <translation>클래스 폴더 안이 아니라 옆에 있습니다.</translation>
    </message>
    <message>
        <source>Its folder is not part of the dataset.</source>
        <translation>이 폴더는 데이터셋에 속하지 않습니다.</translation>
    </message>
    <message>
        <source>It lies in a folder of masks or annotations.</source>
        <translation>마스크나 라벨링 폴더 안에 있습니다.</translation>
    </message>
    <message>
        <source>Images without a class folder, which are not used: {count} in {names}.</source>
        <translation>클래스 폴더 안에 있지 않아 쓰지 않는 이미지: {names}에 {count}장.</translation>
    </message>
    <message>
        <source>Images beside the class folders, which are not used: {count} in {names}.</source>
        <translation>클래스 폴더 옆에 있어 쓰지 않는 이미지: {names}에 {count}장.</translation>
    </message>
    <message>
        <source>Images that are not part of the dataset, and not used: {count} in {names}.</source>
        <translation>데이터셋에 속하지 않아 쓰지 않는 이미지: {names}에 {count}장.</translation>
    </message>
    <message>
        <source>Images in folders of masks or annotations, which are not used: {count} in {names}.</source>
        <translation>마스크나 라벨링 폴더에 있어 쓰지 않는 이미지: {names}에 {count}장.</translation>
    </message>
    <message>
        <source>Files that are not used: {count}. {reason}</source>
        <translation>사용하지 않는 파일: {count}개. {reason}</translation>
    </message>
    <message>
        <source>Folders of the system, left alone: {count} ({names}).</source>
        <translation>살펴보지 않은 시스템 폴더: {count}개({names}).</translation>
    </message>
    <message>
        <source>Folders that TLStudio wrote: {count} ({names}).</source>
        <translation>TLStudio가 만들어 데이터로 읽지 않은 폴더: {count}개({names}).</translation>
    </message>
    <message>
        <source>Links that lead in circles, not followed: {count} ({names}).</source>
        <translation>순환하여 따라가지 않은 링크: {count}개({names}).</translation>
    </message>
    <message>
        <source>Folders that cannot be read, whose images are missing: {count} ({names}).</source>
        <translation>읽을 수 없어 이미지가 빠진 폴더 {count}개: {names}</translation>
    </message>
    <message>
        <source>Links put the same file into two classes: {count}, for example {names}.</source>
        <translation>링크 때문에 같은 파일이 두 클래스에 있습니다: {count}개, 예를 들어 {names}.</translation>
    </message>
    <message>
        <source>Links put the same file into two splits: {count}, for example {names}.</source>
        <translation>링크 때문에 같은 파일이 두 분할에 있습니다: {count}개, 예를 들어 {names}.</translation>
    </message>
    <message>
        <source>Links put the same file into its class twice: {count}, for example {names}.</source>
        <translation>링크 때문에 같은 파일이 한 클래스에 두 번 있습니다: {count}개, 예를 들어 {names}.</translation>
    </message>
    <message>
        <source>Links and special files in the archive, which are not used: {count}.</source>
        <translation>압축 파일 안의 링크와 특수 파일은 쓰지 않습니다: {count}개.</translation>
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
        <source>Open the archive “{inner}” in it, or unpack it.</source>
        <translation>그 안에 있는 압축 파일 “{inner}”을(를) 열거나 압축을 푸세요.</translation>
    </message>
    <message>
        <source>There are no images in “{name}” to learn from; other files: {count}.</source>
        <translation>“{name}”에는 학습할 이미지가 없습니다. 다른 파일: {count}개.</translation>
    </message>
    <message>
        <source>“{name}” was opened by itself, without {names} beside it: open “{around}” for all.</source>
        <translation>“{name}”만 열어 옆의 {names}: 쓰지 않습니다. 모두 쓰려면 “{around}”을(를) 여세요.</translation>
    </message>
    <message>
        <source>There is only one class with images, “{name}”.</source>
        <translation>이미지가 있는 클래스가 “{name}” 하나뿐입니다.</translation>
    </message>
    <message>
        <source>“{name}” is locked with a password.</source>
        <translation>“{name}”은(는) 암호로 잠겨 있습니다.</translation>
    </message>
    <message>
        <source>Unpack it yourself and open the folder.</source>
        <translation>직접 압축을 푼 뒤 폴더를 여세요.</translation>
    </message>
    <message>
        <source>“{name}” is a web page and no archive: its download failed.</source>
        <translation>“{name}”은(는) 압축 파일이 아니라 웹 페이지입니다. 다운로드에 실패한 파일입니다.</translation>
    </message>
    <message>
        <source>Download it again, perhaps after signing in.</source>
        <translation>다시 다운로드하세요. 로그인이 필요할 수 있습니다.</translation>
    </message>
    <message>
        <source>“{name}” is an archive of a kind that is not read here.</source>
        <translation>“{name}”은(는) 여기서 읽지 못하는 형식의 압축 파일입니다.</translation>
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
        <source>Name the weights or a run, and then images or folders.</source>
        <translation>가중치나 실행을 먼저, 그다음 이미지나 폴더를 지정하세요.</translation>
    </message>
    <message>
        <source>Only --undo needs neither.</source>
        <translation>--undo만은 둘 다 필요하지 않습니다.</translation>
    </message>
    <message>
        <source>There is no file or folder “{path}”.</source>
        <translation>“{path}” 파일이나 폴더가 없습니다.</translation>
    </message>
    <message>
        <source>The images must be JPEG, PNG, WebP, TIFF, GIF, BMP, AVIF or the like.</source>
        <translation>이미지는 JPEG, PNG, WebP, TIFF, GIF, BMP, AVIF 등이어야 합니다.</translation>
    </message>
    <message>
        <source>There are no images in these folders.</source>
        <translation>이 폴더들에 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>Its class has no training images.</source>
        <translation>이 클래스에는 학습 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>GIF files among the images: {count}. ImageFolder of torchvision leaves them out.</source>
        <translation>이미지 중 GIF 파일: {count}개. torchvision의 ImageFolder는 GIF를 제외합니다.</translation>
    </message>
    <message>
        <source>Only the class “{name}” has images that can be read.</source>
        <translation>읽을 수 있는 이미지가 “{name}” 클래스에만 있습니다.</translation>
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
        <source>{count} classes have no readable image: {names}.</source>
        <translation>읽을 수 있는 이미지가 없는 클래스 {count}개: {names}.</translation>
    </message>
    <message>
        <source>The class “{name}” has no training images, so its {split} images are left out.</source>
        <translation>클래스 “{name}”에 학습 이미지가 없어 이 클래스의 {split} 이미지를 제외합니다.</translation>
    </message>
    <message>
        <source>{count} classes have no training images, so their {split} images are left out: {names}.</source>
        <translation>학습 이미지가 없어 {split} 이미지를 제외한 클래스 {count}개: {names}.</translation>
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
        <source>{count} classes have a single training image: {names}.</source>
        <translation>학습 이미지가 한 장뿐인 클래스 {count}개: {names}.</translation>
    </message>
    <message>
        <source>The class “{name}” has no validation images.</source>
        <translation>클래스 “{name}”에 검증 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>{count} classes have no validation images: {names}.</source>
        <translation>검증 이미지가 없는 클래스 {count}개: {names}.</translation>
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
        <source>{names} are splits of the same classes.</source>
        <translation>{names}: 같은 클래스를 나눈 분할입니다.</translation>
    </message>
    <message>
        <source>{names} holds the classes; the rest is not part of it.</source>
        <translation>{names}: 이 폴더만 클래스를 담고 있고, 나머지는 데이터셋에 속하지 않습니다.</translation>
    </message>
    <message>
        <source>Each class has folders for its splits: {names}.</source>
        <translation>클래스마다 분할 폴더가 있습니다: {names}.</translation>
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
        <source>There is no reading called “{reading}”.</source>
        <translation>“{reading}”(이)라는 읽는 방법은 없습니다.</translation>
    </message>
    <message>
        <source>Choose one of: {names}.</source>
        <translation>다음 중에서 고르세요: {names}.</translation>
    </message>
    <message>
        <source>“{name}” has folders for its splits, and none for its classes.</source>
        <translation>“{name}”에는 분할 폴더만 있고 클래스 폴더가 없습니다.</translation>
    </message>
    <message>
        <source>Make one folder per class in each of them, or say that they are the classes.</source>
        <translation>각 분할 폴더 안에 클래스별 폴더를 만들거나, 이 폴더들이 클래스라고 알려 주세요.</translation>
    </message>
    <message>
        <source>“{name}” can be read in more than one way.</source>
        <translation>“{name}”은(는) 여러 가지로 읽을 수 있습니다.</translation>
    </message>
    <message>
        <source>Choose what its folders mean.</source>
        <translation>폴더가 무엇을 뜻하는지 고르세요.</translation>
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
        <source>{model} does not work with the stem for tiny images.</source>
        <translation>{model}은(는) 작은 이미지용 스템과 함께 쓸 수 없습니다.</translation>
    </message>
    <message>
        <source>{model} does not work with images of {side} px.</source>
        <translation>{model}에는 {side}px 이미지를 쓸 수 없습니다.</translation>
    </message>
    <message>
        <source>Choose a multiple of 32 near to its own size, or leave the input size at 0.</source>
        <translation>원래 크기에 가까운 32의 배수를 고르거나 입력 크기를 0으로 두세요.</translation>
    </message>
    <message>
        <source>Delete the file and download it again: {path}</source>
        <translation>파일을 지우고 다시 다운로드하세요: {path}</translation>
    </message>
    <message>
        <source>The pretrained weights of {model} mix the colours of their input.</source>
        <translation>{model}의 사전 학습 가중치는 입력의 색을 섞습니다.</translation>
    </message>
    <message>
        <source>Leave the colours as they are: grey images work, too.</source>
        <translation>색을 그대로 두세요. 흑백 이미지도 쓸 수 있습니다.</translation>
    </message>
    <message>
        <source>There are no pretrained weights of {model}.</source>
        <translation>{model}의 사전 학습 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>Start from random values, or choose another model.</source>
        <translation>무작위 값에서 시작하거나 다른 모델을 고르세요.</translation>
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
        <source>The head of {kind} has layers of its own already.</source>
        <translation>{kind}의 헤드에는 이미 자체 레이어가 있습니다.</translation>
    </message>
    <message>
        <source>Set the hidden layer and the dropout of the head to 0, or choose another model.</source>
        <translation>헤드의 은닉층과 드롭아웃을 0으로 두거나 다른 모델을 고르세요.</translation>
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
        <source>The checkpoint was written by another version of TLStudio.</source>
        <translation>다른 버전의 TLStudio가 만든 체크포인트입니다.</translation>
    </message>
    <message>
        <source>The run began with the seed {seed}, not {other}.</source>
        <translation>이 실행은 시드 {other}이(가) 아니라 {seed}(으)로 시작했습니다.</translation>
    </message>
    <message>
        <source>Go on with the seed {seed}.</source>
        <translation>시드 {seed}(으)로 이어서 학습하세요.</translation>
    </message>
    <message>
        <source>The run is over, after {count} of {planned} epochs.</source>
        <translation>이 실행은 {planned}에포크 중 {count}에포크에서 끝났습니다.</translation>
    </message>
    <message>
        <source>Choose more than {planned} epochs to train it further.</source>
        <translation>더 학습하려면 {planned}보다 많은 에포크를 선택하세요.</translation>
    </message>
    <message>
        <source>The run is in epoch {begun} already.</source>
        <translation>이 실행은 이미 {begun}에포크에 있습니다.</translation>
    </message>
    <message>
        <source>Choose at least {begun} epochs to go on with it.</source>
        <translation>이어서 학습하려면 에포크를 {begun} 이상으로 선택하세요.</translation>
    </message>
    <message>
        <source>The head of {kind} is not a linear layer, so no linear probe can start it.</source>
        <translation>{kind}의 헤드는 선형 레이어이 아니어서 선형 프로브로 시작할 수 없습니다.</translation>
    </message>
    <message>
        <source>Choose another strategy, or another model.</source>
        <translation>다른 전략이나 다른 모델을 고르세요.</translation>
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
        <source>“{name}” holds no weights of a network.</source>
        <translation>“{name}” 파일에 네트워크의 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>There is no file, and no run, “{path}”.</source>
        <translation>“{path}” 파일도 실행도 없습니다.</translation>
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
        <source>“{name}” holds {model} without a head that could answer.</source>
        <translation>“{name}”에는 {model}이(가) 들어 있지만 답을 낼 수 있는 헤드가 없습니다.</translation>
    </message>
    <message>
        <source>Train a new head: choose {model} and let it start from this file.</source>
        <translation>새 헤드를 학습하세요: {model} 모델을 고르고 이 파일에서 시작하도록 설정하세요.</translation>
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
        <source>It takes grey images.</source>
        <translation>흑백 이미지를 받습니다.</translation>
    </message>
    <message>
        <source>It takes images of {side} px.</source>
        <translation>{side} px 이미지를 받습니다.</translation>
    </message>
    <message>
        <source>It has the stem for tiny images.</source>
        <translation>작은 이미지용 스템이 있습니다.</translation>
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
        <source>It holds {count} tensors, for example {example}. The studio knows the networks for classification of torchvision and timm.</source>
        <translation>텐서 {count}개가 들어 있습니다(예: {example}). TLStudio는 torchvision과 timm의 분류 네트워크를 읽습니다.</translation>
    </message>
    <message>
        <source>“{name}” holds a quantised network.</source>
        <translation>“{name}”에는 양자화된 네트워크가 들어 있습니다.</translation>
    </message>
    <message>
        <source>Choose the file from before quantisation: its numbers are too coarse to train on.</source>
        <translation>양자화하기 전의 파일을 고르세요. 양자화된 값은 학습에 쓰기에는 너무 거칩니다.</translation>
    </message>
    <message>
        <source>“{name}” holds the shapes of a network and no values.</source>
        <translation>“{name}”에는 네트워크의 형태만 있고 값이 없습니다.</translation>
    </message>
    <message>
        <source>It was saved from torch&apos;s meta device; save it again.</source>
        <translation>torch의 meta 장치에서 저장한 파일입니다. 값이 있는 상태에서 다시 저장하세요.</translation>
    </message>
    <message>
        <source>The file also holds the network as {others}.</source>
        <translation>이 파일에는 같은 네트워크가 {others}(으)로도 들어 있습니다.</translation>
    </message>
    <message>
        <source>No part of the network, and left out: {names}.</source>
        <translation>네트워크의 일부가 아니어서 제외했습니다: {names}</translation>
    </message>
    <message>
        <source>{count} tensors beside the network are left out, for example {example}.</source>
        <translation>네트워크에 속하지 않는 텐서 {count}개를 제외했습니다(예: {example}).</translation>
    </message>
    <message>
        <source>{count} tensors cannot be used, for example {example} ({kind}).</source>
        <translation>사용할 수 없는 텐서가 {count}개 있습니다(예: {example}, {kind}).</translation>
    </message>
    <message>
        <source>The head in the file has no bias; it gets zeros.</source>
        <translation>파일의 헤드에 편향이 없어 0으로 채웠습니다.</translation>
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
        <source>“{name}” needs more memory than there is.</source>
        <translation>“{name}” 파일을 열기에는 메모리가 부족합니다.</translation>
    </message>
    <message>
        <source>Close other programs, or choose a smaller file.</source>
        <translation>다른 프로그램을 닫거나 더 작은 파일을 고르세요.</translation>
    </message>
    <message>
        <source>archives are nested too deeply in it</source>
        <translation>압축 파일이 너무 여러 겹으로 들어 있습니다</translation>
    </message>
    <message>
        <source>“{name}” is an archive without a weights file in it.</source>
        <translation>“{name}” 압축 파일에 가중치 파일이 없습니다.</translation>
    </message>
    <message>
        <source>“{name}” is an archive of several weights files.</source>
        <translation>“{name}” 압축 파일에 가중치 파일이 여러 개 있습니다.</translation>
    </message>
    <message>
        <source>Unpack it, and choose one of them: {files}</source>
        <translation>압축을 풀고 그중 하나를 고르세요: {files}</translation>
    </message>
    <message>
        <source>“{name}” was not opened, for safety: {why}.</source>
        <translation>안전을 위해 “{name}” 파일을 열지 않았습니다: {why}.</translation>
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
        <source>The studio opens weights of PyTorch: .pth, .pt or .safetensors.</source>
        <translation>TLStudio는 PyTorch 가중치(.pth, .pt, .safetensors)를 엽니다.</translation>
    </message>
    <message>
        <source>Where it comes from, save its weights alone: torch.save(model.state_dict(), path).</source>
        <translation>이 파일을 만든 곳에서 가중치만 저장하세요: torch.save(model.state_dict(), path).</translation>
    </message>
    <message>
        <source>The page was saved in place of the file, often because it asks for a login or a consent. Download it again with the link of the file itself.</source>
        <translation>파일 대신 웹 페이지가 저장되었습니다. 로그인이나 동의를 요구하는 페이지일 때 흔히 그렇습니다. 파일 자체의 링크로 다시 다운로드하세요.</translation>
    </message>
    <message>
        <source>It only says where the weights are: download the file itself, or run git lfs pull.</source>
        <translation>가중치가 어디에 있는지만 적혀 있습니다. 파일 자체를 다운로드하거나 git lfs pull을 실행하세요.</translation>
    </message>
    <message>
        <source>Unpack it first, and choose the file of the weights in it.</source>
        <translation>먼저 압축을 풀고 그 안의 가중치 파일을 고르세요.</translation>
    </message>
    <message>
        <source>a TorchScript program, which carries code beside its weights</source>
        <translation>가중치와 함께 코드를 담은 TorchScript 프로그램</translation>
    </message>
    <message>
        <source>a file of torch before 0.2, which nothing opens safely</source>
        <translation>안전하게 열 방법이 없는 torch 0.2 이전의 파일</translation>
    </message>
    <message>
        <source>a pickle of another program than torch.save</source>
        <translation>torch.save가 아닌 다른 프로그램이 만든 pickle</translation>
    </message>
    <message>
        <source>an exported program of torch.export</source>
        <translation>torch.export로 내보낸 프로그램</translation>
    </message>
    <message>
        <source>a Keras model</source>
        <translation>Keras 모델</translation>
    </message>
    <message>
        <source>an HDF5 file, as Keras writes it</source>
        <translation>Keras가 저장하는 HDF5 파일</translation>
    </message>
    <message>
        <source>an archive of numpy arrays</source>
        <translation>NumPy 배열 묶음</translation>
    </message>
    <message>
        <source>an office document</source>
        <translation>문서 파일</translation>
    </message>
    <message>
        <source>a pointer of Git LFS</source>
        <translation>Git LFS 포인터</translation>
    </message>
    <message>
        <source>a web page</source>
        <translation>웹 페이지</translation>
    </message>
    <message>
        <source>a TensorFlow Lite network</source>
        <translation>TensorFlow Lite 네트워크</translation>
    </message>
    <message>
        <source>a GGUF file of a language model</source>
        <translation>언어 모델의 GGUF 파일</translation>
    </message>
    <message>
        <source>an ONNX network</source>
        <translation>ONNX 네트워크</translation>
    </message>
    <message>
        <source>an image or a video</source>
        <translation>이미지 또는 동영상</translation>
    </message>
    <message>
        <source>a packed archive that the studio does not open here</source>
        <translation>TLStudio가 여기서 열지 않는 압축 파일</translation>
    </message>
    <message>
        <source>a program</source>
        <translation>프로그램</translation>
    </message>
    <message>
        <source>a TensorFlow graph</source>
        <translation>TensorFlow 그래프</translation>
    </message>
    <message>
        <source>a part of a TensorFlow checkpoint</source>
        <translation>TensorFlow 체크포인트의 일부</translation>
    </message>
    <message>
        <source>a Core ML network</source>
        <translation>Core ML 네트워크</translation>
    </message>
    <message>
        <source>a network of Caffe, Darknet, MXNet or Paddle</source>
        <translation>Caffe, Darknet, MXNet 또는 Paddle 네트워크</translation>
    </message>
    <message>
        <source>a network of OpenVINO or TensorRT</source>
        <translation>OpenVINO 또는 TensorRT 네트워크</translation>
    </message>
    <message>
        <source>a text file</source>
        <translation>텍스트 파일</translation>
    </message>
    <message>
        <source>“{name}” is no weights file: it is {kind}.</source>
        <translation>“{name}” 파일은 가중치 파일이 아닙니다. 종류: {kind}.</translation>
    </message>
    <message>
        <source>Choose one of the files in it: {files}</source>
        <translation>그 안의 파일 중 하나를 고르세요: {files}</translation>
    </message>
    <message>
        <source>“{name}” is a folder, not a weights file.</source>
        <translation>“{name}”은(는) 가중치 파일이 아니라 폴더입니다.</translation>
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
        <source>Port {port} cannot be used: {why}.</source>
        <translation>포트 {port}을(를) 쓸 수 없습니다: {why}.</translation>
    </message>
    <message>
        <source>Another program has it. Choose another port, or 0.</source>
        <translation>다른 프로그램이 쓰고 있습니다. 다른 포트나 0을 고르세요.</translation>
    </message>
    <message>
        <source>Too many requests in a short time.</source>
        <translation>짧은 시간에 요청이 너무 많습니다.</translation>
    </message>
    <message>
        <source>Something unexpected went wrong.</source>
        <translation>예상하지 못한 문제가 생겼습니다.</translation>
    </message>
    <message>
        <source>The details are in the log (Help menu).</source>
        <translation>자세한 내용은 로그에 있습니다(도움말 메뉴).</translation>
    </message>
    <message>
        <source>This server is called {name} only.</source>
        <translation>이 서버의 이름은 {name}뿐입니다.</translation>
    </message>
    <message>
        <source>Pages of other sites may not ask this server.</source>
        <translation>다른 사이트의 페이지는 이 서버에 요청할 수 없습니다.</translation>
    </message>
    <message>
        <source>There is nothing of this name here.</source>
        <translation>여기에는 그런 이름이 없습니다.</translation>
    </message>
    <message>
        <source>There are / and /about to read, and /predict to post.</source>
        <translation>/와 /about은 읽기용, /predict는 보내기(POST)용입니다.</translation>
    </message>
    <message>
        <source>A request must say how long its photo is.</source>
        <translation>요청에는 사진의 길이가 있어야 합니다.</translation>
    </message>
    <message>
        <source>The photo has more than {most} MB.</source>
        <translation>사진이 {most}MB보다 큽니다.</translation>
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
    <message>
        <source>--weights goes with --download, --import or --remove.</source>
        <translation>--weights는 --download, --import, --remove와 함께 씁니다.</translation>
    </message>
    <message>
        <source>--model goes with --import.</source>
        <translation>--model은 --import와 함께 씁니다.</translation>
    </message>
    <message>
        <source>To look for a model, write its name alone: {model}.</source>
        <translation>모델을 찾으려면 이름만 쓰세요: {model}.</translation>
    </message>
    <message>
        <source>--dry-run goes with --import and a folder.</source>
        <translation>--dry-run은 --import 및 폴더와 함께 씁니다.</translation>
    </message>
    <message>
        <source>--restart goes with --download.</source>
        <translation>--restart는 --download와 함께 씁니다.</translation>
    </message>
    <message>
        <source>residual block</source>
        <translation>잔차 블록</translation>
    </message>
    <message>
        <source>plain block</source>
        <translation>일반 블록</translation>
    </message>
    <message>
        <source>inverted residual</source>
        <translation>역잔차 블록</translation>
    </message>
    <message>
        <source>depthwise separable conv</source>
        <translation>깊이별 분리 합성곱</translation>
    </message>
    <message>
        <source>inception module</source>
        <translation>인셉션 모듈</translation>
    </message>
    <message>
        <source>dense layer</source>
        <translation>밀집 레이어</translation>
    </message>
    <message>
        <source>dense block</source>
        <translation>밀집 블록</translation>
    </message>
    <message>
        <source>transition</source>
        <translation>전이층</translation>
    </message>
    <message>
        <source>squeeze-and-excitation</source>
        <translation>SE 블록 (squeeze-and-excitation)</translation>
    </message>
    <message>
        <source>transformer block</source>
        <translation>트랜스포머 블록</translation>
    </message>
    <message>
        <source>window transformer block</source>
        <translation>윈도 트랜스포머 블록</translation>
    </message>
    <message>
        <source>self-attention</source>
        <translation>셀프 어텐션</translation>
    </message>
    <message>
        <source>window attention</source>
        <translation>윈도 어텐션</translation>
    </message>
    <message>
        <source>MLP</source>
        <translation>MLP</translation>
    </message>
    <message>
        <source>fire module</source>
        <translation>파이어 모듈</translation>
    </message>
    <message>
        <source>shuffle unit</source>
        <translation>셔플 유닛</translation>
    </message>
    <message>
        <source>stage</source>
        <translation>스테이지</translation>
    </message>
    <message>
        <source>classifier</source>
        <translation>분류기</translation>
    </message>
    <message>
        <source>auxiliary classifier</source>
        <translation>보조 분류기</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>레이어 묶음</translation>
    </message>
    <message>
        <source>convolution</source>
        <translation>합성곱</translation>
    </message>
    <message>
        <source>depthwise convolution</source>
        <translation>깊이별 합성곱</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>선형</translation>
    </message>
    <message>
        <source>pooling</source>
        <translation>풀링</translation>
    </message>
    <message>
        <source>global pooling</source>
        <translation>전역 풀링</translation>
    </message>
    <message>
        <source>normalisation</source>
        <translation>정규화</translation>
    </message>
    <message>
        <source>activation</source>
        <translation>활성화</translation>
    </message>
    <message>
        <source>dropout</source>
        <translation>드롭아웃</translation>
    </message>
    <message>
        <source>attention</source>
        <translation>어텐션</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>레이어</translation>
    </message>
    <message>
        <source>sum</source>
        <translation>합</translation>
    </message>
    <message>
        <source>concatenation</source>
        <translation>이어 붙이기</translation>
    </message>
    <message>
        <source>product</source>
        <translation>곱</translation>
    </message>
    <message>
        <source>learned scale</source>
        <translation>학습되는 배율</translation>
    </message>
    <message>
        <source>matrix product</source>
        <translation>행렬 곱</translation>
    </message>
    <message>
        <source>softmax</source>
        <translation>소프트맥스</translation>
    </message>
    <message>
        <source>split</source>
        <translation>나누기</translation>
    </message>
    <message>
        <source>cyclic shift</source>
        <translation>순환 이동</translation>
    </message>
    <message>
        <source>channel shuffle</source>
        <translation>채널 섞기</translation>
    </message>
    <message>
        <source>resize</source>
        <translation>크기 조정</translation>
    </message>
    <message>
        <source>learned values</source>
        <translation>학습되는 값</translation>
    </message>
    <message>
        <source>input image</source>
        <translation>입력 이미지</translation>
    </message>
    <message>
        <source>class scores</source>
        <translation>클래스 점수</translation>
    </message>
    <message>
        <source>ResNets</source>
        <translation>ResNet 계열</translation>
    </message>
    <message>
        <source>Mobile</source>
        <translation>모바일</translation>
    </message>
    <message>
        <source>Transformers</source>
        <translation>트랜스포머</translation>
    </message>
    <message>
        <source>Others</source>
        <translation>기타</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>기타</translation>
    </message>
    <message>
        <source>The auxiliary classifier of {model} takes images of {minimum} px and more, not of {side} px.</source>
        <translation>{model}의 보조 분류기는 {minimum}px 이상의 이미지만 받습니다. 지금은 {side}px입니다.</translation>
    </message>
    <message>
        <source>Choose a larger input size, or leave out the auxiliary classifier.</source>
        <translation>입력 크기를 키우거나 보조 분류기를 빼세요.</translation>
    </message>
    <message>
        <source>Images are {side} px wide instead of {own} px.</source>
        <translation>이미지 너비가 {own}px가 아니라 {side}px입니다.</translation>
    </message>
    <message>
        <source>The pretrained position embeddings are resampled to that size.</source>
        <translation>사전 학습된 위치 임베딩을 그 크기에 맞게 보간합니다.</translation>
    </message>
    <message>
        <source>Images are turned to grey: it has one channel.</source>
        <translation>이미지를 흑백으로 바꿉니다. 이 네트워크는 채널이 하나입니다.</translation>
    </message>
    <message>
        <source>Images are turned to grey, and the weights of the first convolution are summed over red, green and blue.</source>
        <translation>이미지를 흑백으로 바꾸고, 첫 합성곱의 가중치를 빨강·초록·파랑에 걸쳐 더합니다.</translation>
    </message>
    <message>
        <source>Images are turned to grey, and the first convolution takes one channel.</source>
        <translation>이미지를 흑백으로 바꾸고, 첫 합성곱이 채널 하나를 받습니다.</translation>
    </message>
    <message>
        <source>The first convolution keeps the size of the image (the centres of its pretrained kernels), and the pooling after it is left out.</source>
        <translation>첫 합성곱이 이미지 크기를 유지하고(사전 학습된 커널의 가운데만 사용) 뒤따르는 풀링은 뺍니다.</translation>
    </message>
    <message>
        <source>The first convolution keeps the size of the image, and the pooling after it is left out.</source>
        <translation>첫 합성곱이 이미지 크기를 유지하고 뒤따르는 풀링은 뺍니다.</translation>
    </message>
    <message>
        <source>The images of the dataset, about {own} px, are enlarged to {side} px.</source>
        <translation>데이터셋의 이미지(약 {own} px)를 {side} px로 확대합니다.</translation>
    </message>
    <message>
        <source>Grey images are repeated into red, green and blue.</source>
        <translation>흑백 이미지는 빨강, 초록, 파랑 채널에 똑같이 복사합니다.</translation>
    </message>
    <message>
        <source>{model} takes images of {own} px only.</source>
        <translation>{model}에는 {own}px 이미지만 넣을 수 있습니다.</translation>
    </message>
    <message>
        <source>Leave the input size at 0, or choose another model.</source>
        <translation>입력 크기를 0으로 두거나 다른 모델을 고르세요.</translation>
    </message>
    <message>
        <source>{model} takes images of {minimum} px and more, not of {side} px.</source>
        <translation>{model}에는 {minimum}px 이상의 이미지가 필요합니다. {side}px는 너무 작습니다.</translation>
    </message>
    <message>
        <source>Choose a larger input size: images are enlarged to it.</source>
        <translation>더 큰 입력 크기를 고르세요. 이미지를 그 크기로 키웁니다.</translation>
    </message>
    <message>
        <source>Every value depends on the whole image.</source>
        <translation>각 값이 이미지 전체를 봅니다.</translation>
    </message>
    <message>
        <source>Attention within windows: what a value sees depends on its place in the window.</source>
        <translation>창 안의 어텐션: 창 안의 위치에 따라 보는 범위가 다릅니다.</translation>
    </message>
    <message>
        <source>A map was enlarged: what a value sees depends on its place.</source>
        <translation>맵을 확대했습니다. 위치에 따라 보는 범위가 다릅니다.</translation>
    </message>
    <message>
        <source>Values changed their places: neighbours are not neighbours in the image.</source>
        <translation>값의 자리가 바뀌었습니다. 이웃한 값이 이미지에서는 이웃이 아닙니다.</translation>
    </message>
    <message>
        <source>An operation came before of which the studio cannot tell how far it looks.</source>
        <translation>앞선 연산이 얼마나 넓게 보는지 알 수 없습니다.</translation>
    </message>
    <message>
        <source>It does not depend on the image.</source>
        <translation>이미지와 무관합니다.</translation>
    </message>
    <message>
        <source>It does not run by itself; the module around it uses its parameters, or nobody.</source>
        <translation>스스로 실행되지 않습니다. 바깥 모듈이 파라미터를 쓰거나, 아무도 쓰지 않습니다.</translation>
    </message>
    <message>
        <source>A training step of {model} with {batch} images of {side} px does not fit in the memory.</source>
        <translation>{model}에 {side}픽셀 이미지 {batch}장을 넣은 학습 스텝이 메모리에 들어가지 않습니다.</translation>
    </message>
    <message>
        <source>A training step of {model} with {batch} images of {side} px needs about {needed_gb} GB of memory; {free_gb} GB are free.</source>
        <translation>{model}에 {side}픽셀 이미지 {batch}장을 넣은 학습 스텝에는 메모리가 약 {needed_gb}GB 필요한데 {free_gb}GB만 남아 있습니다.</translation>
    </message>
    <message>
        <source>{kind} cannot take images of {channels} channels.</source>
        <translation>{kind}에는 채널이 {channels}개인 이미지를 넣을 수 없습니다.</translation>
    </message>
    <message>
        <source>Choose another model, or leave the colours as they are.</source>
        <translation>다른 모델을 고르거나 색을 그대로 두세요.</translation>
    </message>
    <message>
        <source>{kind} has no stem that could be made smaller.</source>
        <translation>{kind}에는 줄일 수 있는 스템이 없습니다.</translation>
    </message>
    <message>
        <source>Choose the original stem: tiny images are enlarged then.</source>
        <translation>원래 스템을 고르세요. 작은 이미지는 키워서 넣습니다.</translation>
    </message>
    <message>
        <source>The output of {layer} is not made of maps.</source>
        <translation>{layer}의 출력은 특징 맵이 아닙니다.</translation>
    </message>
    <message>
        <source>Choose another layer, for example the block around it.</source>
        <translation>다른 레이어를 고르세요. 예를 들어 이 레이어를 감싸는 블록입니다.</translation>
    </message>
    <message>
        <source>{layer} is new in the trained network.</source>
        <translation>{layer}은(는) 학습한 네트워크에서 새로 만든 레이어입니다.</translation>
    </message>
    <message>
        <source>Choose a layer before the head.</source>
        <translation>헤드 앞의 레이어를 고르세요.</translation>
    </message>
    <message>
        <source>This network has no filters that see colours directly.</source>
        <translation>이 네트워크에는 색을 직접 보는 필터가 없습니다.</translation>
    </message>
    <message>
        <source>Look at the feature maps of its first layer instead.</source>
        <translation>대신 첫 레이어의 특징 맵을 보세요.</translation>
    </message>
    <message>
        <source>The download of {model} was stopped.</source>
        <translation>{model} 다운로드를 멈췄습니다.</translation>
    </message>
    <message>
        <source>The next one goes on from here.</source>
        <translation>다음번에는 여기서부터 이어받습니다.</translation>
    </message>
    <message>
        <source>The disk is too full: {needed} MB to come, {free} MB free.</source>
        <translation>디스크 공간이 부족합니다: {needed} MB가 더 필요한데 {free} MB만 남았습니다.</translation>
    </message>
    <message>
        <source>Make room, or choose a folder on another disk for weights in the preferences.</source>
        <translation>공간을 확보하거나, 환경설정에서 다른 디스크의 폴더를 가중치 폴더로 고르세요.</translation>
    </message>
    <message>
        <source>“{name}” was not copied as it is.</source>
        <translation>“{name}”이(가) 그대로 복사되지 않았습니다.</translation>
    </message>
    <message>
        <source>The stick or the disk may be faulty; try again.</source>
        <translation>USB 메모리나 디스크에 문제가 있을 수 있습니다. 다시 시도하세요.</translation>
    </message>
    <message>
        <source>“{name}” is no longer there.</source>
        <translation>“{name}” 파일이 더 이상 없습니다.</translation>
    </message>
    <message>
        <source>Plug the stick in and import once more: what has come already stays.</source>
        <translation>USB 메모리를 다시 꽂고 한 번 더 가져오세요. 이미 가져온 것은 남아 있습니다.</translation>
    </message>
    <message>
        <source>“{name}” has more than {most} files of weights.</source>
        <translation>“{name}”에 가중치 파일이 {most}개보다 많습니다.</translation>
    </message>
    <message>
        <source>Choose a folder further inside.</source>
        <translation>더 안쪽의 폴더를 선택하세요.</translation>
    </message>
    <message>
        <source>The download of {model} broke off.</source>
        <translation>{model} 다운로드가 끊겼습니다.</translation>
    </message>
    <message>
        <source>Try again: it goes on from here.</source>
        <translation>다시 시도하면 여기서부터 이어받습니다.</translation>
    </message>
    <message>
        <source>{host} sent another file than that of {model}; it was deleted.</source>
        <translation>{host}에서 {model}의 것이 아닌 파일을 보내 삭제했습니다.</translation>
    </message>
    <message>
        <source>Try again, or download it elsewhere and import it: {address}</source>
        <translation>다시 시도하거나, 다른 곳에서 다운로드해 가져오세요: {address}</translation>
    </message>
    <message>
        <source>Downloads from {host} are switched off by HF_HUB_OFFLINE.</source>
        <translation>HF_HUB_OFFLINE 때문에 {host}에서 다운로드할 수 없습니다.</translation>
    </message>
    <message>
        <source>Start the studio without it, or import a file.</source>
        <translation>이 설정 없이 TLStudio를 시작하거나 파일을 가져오세요.</translation>
    </message>
    <message>
        <source>“{name}” is damaged: its checksum is not that in its name.</source>
        <translation>“{name}”이(가) 손상되었습니다. 체크섬이 이름에 적힌 것과 다릅니다.</translation>
    </message>
    <message>
        <source>The archive “{name}” is damaged.</source>
        <translation>압축 파일 “{name}”이(가) 손상되었습니다.</translation>
    </message>
    <message>
        <source>Download it again.</source>
        <translation>다시 다운로드하세요.</translation>
    </message>
    <message>
        <source>Download them first, or leave the network out.</source>
        <translation>먼저 다운로드하거나 그 네트워크를 빼세요.</translation>
    </message>
    <message>
        <source>There is nothing to put into the pack.</source>
        <translation>팩에 넣을 것이 없습니다.</translation>
    </message>
    <message>
        <source>Make room, or choose a folder on another disk.</source>
        <translation>공간을 확보하거나 다른 디스크의 폴더를 선택하세요.</translation>
    </message>
    <message>
        <source>None of the images can be read any more.</source>
        <translation>이제 읽을 수 있는 이미지가 하나도 없습니다.</translation>
    </message>
    <message>
        <source>Open the dataset again, or pack it without images.</source>
        <translation>데이터셋을 다시 열거나 이미지 없이 묶으세요.</translation>
    </message>
    <message>
        <source>A class pack has {most} images at most.</source>
        <translation>수업 팩에는 이미지를 최대 {most}개까지 넣을 수 있습니다.</translation>
    </message>
    <message>
        <source>“{name}” cannot be read.</source>
        <translation>“{name}”을(를) 읽을 수 없습니다.</translation>
    </message>
    <message>
        <source>Choose the file of the weights.</source>
        <translation>가중치 파일을 고르세요.</translation>
    </message>
    <message>
        <source>“{name}” fits {model}, but is none of its pretrained weights.</source>
        <translation>“{name}”은(는) {model}에 맞지만 그 사전 학습 가중치가 아닙니다.</translation>
    </message>
    <message>
        <source>Weights of your own are opened with Load weights.</source>
        <translation>직접 학습한 가중치는 “가중치 불러오기”로 여세요.</translation>
    </message>
    <message>
        <source>“{name}” holds no pretrained weights that the studio knows.</source>
        <translation>“{name}”에는 TLStudio가 아는 사전 학습 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>Keep the file&apos;s original name, or choose its model first and import it again.</source>
        <translation>파일의 원래 이름을 유지하거나, 모델을 먼저 고른 뒤 다시 가져오세요.</translation>
    </message>
    <message>
        <source>“{name}” may be several weights: {choices}.</source>
        <translation>“{name}”은(는) 여러 가중치일 수 있습니다: {choices}.</translation>
    </message>
    <message>
        <source>Say which model and which weights it is.</source>
        <translation>어느 모델의 어떤 가중치인지 지정하세요.</translation>
    </message>
    <message>
        <source>“{name}” is not the file {file} of {model}.</source>
        <translation>“{name}”은(는) {model}의 {file} 파일이 아닙니다.</translation>
    </message>
    <message>
        <source>Download it again from {address}</source>
        <translation>{address}에서 다시 다운로드하세요.</translation>
    </message>
    <message>
        <source>“{name}” does not fit {model}.</source>
        <translation>“{name}”은(는) {model}에 맞지 않습니다.</translation>
    </message>
    <message>
        <source>Choose its own model, or download it again from {address}</source>
        <translation>맞는 모델을 고르거나 {address}에서 다시 다운로드하세요.</translation>
    </message>
    <message>
        <source>“{name}” is not of the kind that timm looks for: {file}.</source>
        <translation>“{name}”은(는) timm이 찾는 형식({file})이 아닙니다.</translation>
    </message>
    <message>
        <source>Download that file from {address}</source>
        <translation>{address}에서 그 파일을 다운로드하세요.</translation>
    </message>
    <message>
        <source>Another program is downloading {model} right now.</source>
        <translation>지금 다른 프로그램이 {model}을(를) 다운로드하고 있습니다.</translation>
    </message>
    <message>
        <source>Wait until it is done.</source>
        <translation>끝날 때까지 기다리세요.</translation>
    </message>
    <message>
        <source>The weights of {model} are not on this machine.</source>
        <translation>{model}의 가중치가 이 컴퓨터에 없습니다.</translation>
    </message>
    <message>
        <source>The weights of {model} belong to the studio and stay.</source>
        <translation>{model}의 가중치는 TLStudio에 포함된 것이라 지울 수 없습니다.</translation>
    </message>
    <message>
        <source>Or download it elsewhere and import the file: {address}</source>
        <translation>또는 다른 곳에서 다운로드해 파일을 가져오세요: {address}</translation>
    </message>
    <message>
        <source>Check the network. Or download it elsewhere and import the file: {address}</source>
        <translation>네트워크를 확인하세요. 또는 다른 곳에서 다운로드해 파일을 가져오세요: {address}</translation>
    </message>
    <message>
        <source>{host} sends the download on to “{kind}”, which is not safe.</source>
        <translation>{host}에서 다운로드를 안전하지 않은 주소(“{kind}”)로 돌립니다.</translation>
    </message>
    <message>
        <source>The connection to {host} is not trusted: {why}.</source>
        <translation>{host} 연결을 신뢰할 수 없습니다: {why}.</translation>
    </message>
    <message>
        <source>A proxy may be listening in: add its certificate to those of the system. Or download it elsewhere and import the file: {address}</source>
        <translation>프록시가 연결을 들여다보고 있을 수 있습니다. 그 인증서를 시스템에 추가하세요. 또는 다른 곳에서 다운로드해 파일을 가져오세요: {address}</translation>
    </message>
    <message>
        <source>No network: {host} cannot be reached.</source>
        <translation>네트워크 없음: {host}에 연결할 수 없습니다.</translation>
    </message>
    <message>
        <source>{host} does not answer.</source>
        <translation>{host}이(가) 응답하지 않습니다.</translation>
    </message>
    <message>
        <source>{host} does not have the weights of {model} ({status}).</source>
        <translation>{host}에 {model}의 가중치가 없습니다({status}).</translation>
    </message>
    <message>
        <source>Choose other weights, or import a file.</source>
        <translation>다른 가중치를 고르거나 파일을 가져오세요.</translation>
    </message>
    <message>
        <source>{host} refuses the download ({status}).</source>
        <translation>{host}이(가) 다운로드를 거부합니다({status}).</translation>
    </message>
    <message>
        <source>It may want an account (set HF_TOKEN for the Hugging Face hub), or a proxy forbids it. Or download it elsewhere and import the file: {address}</source>
        <translation>계정이 필요하거나(Hugging Face 허브는 HF_TOKEN 설정) 프록시가 막고 있을 수 있습니다. 또는 다른 곳에서 다운로드해 파일을 가져오세요: {address}</translation>
    </message>
    <message>
        <source>The network wants a login first ({status}).</source>
        <translation>인터넷에 연결하려면 먼저 로그인해야 합니다({status}).</translation>
    </message>
    <message>
        <source>Log in with the browser, or give the proxy in the preferences as http://name:password@proxy:port</source>
        <translation>브라우저에서 로그인하거나, 환경설정에 프록시를 http://이름:암호@프록시:포트 형식으로 적으세요</translation>
    </message>
    <message>
        <source>{host} is busy ({status}).</source>
        <translation>{host}이(가) 바쁩니다({status}).</translation>
    </message>
    <message>
        <source>Try again in a few minutes.</source>
        <translation>몇 분 뒤에 다시 시도하세요.</translation>
    </message>
    <message>
        <source>A web page came instead of the file, as from a login page.</source>
        <translation>파일 대신 로그인 페이지 같은 웹 페이지가 왔습니다.</translation>
    </message>
    <message>
        <source>Open {host} in the browser, log in, and try again. Or download it elsewhere and import the file: {address}</source>
        <translation>브라우저에서 {host}을(를) 열어 로그인한 뒤 다시 시도하세요. 또는 다른 곳에서 다운로드해 파일을 가져오세요: {address}</translation>
    </message>
    <message>
        <source>No pretrained weights are on this machine.</source>
        <translation>이 컴퓨터에 사전 학습 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>Fetch some: tlstudio-cli models --download MODEL</source>
        <translation>다음 명령으로 받으세요: tlstudio-cli models --download MODEL</translation>
    </message>
    <message>
        <source>Few images, very different from those of the pretraining: train everything, from the pretrained values on.</source>
        <translation>이미지가 적고 사전 학습 이미지와 아주 다릅니다. 사전 학습 값에서 시작해 전부 학습하세요.</translation>
    </message>
    <message>
        <source>Very few images: train only the head, and find more of them if you can.</source>
        <translation>이미지가 아주 적습니다. 헤드만 학습하고, 될 수 있으면 이미지를 더 모으세요.</translation>
    </message>
    <message>
        <source>Few images, similar to those of the pretraining: train only the head.</source>
        <translation>이미지가 적고 사전 학습 이미지와 비슷합니다. 헤드만 학습하세요.</translation>
    </message>
    <message>
        <source>Few images, different from those of the pretraining: keep the early layers, train the late ones.</source>
        <translation>이미지가 적고 사전 학습 이미지와 다릅니다. 앞쪽 레이어는 그대로 두고 뒤쪽을 학습하세요.</translation>
    </message>
    <message>
        <source>Many images, similar to those of the pretraining: train everything, the pretrained layers carefully.</source>
        <translation>이미지가 많고 사전 학습 이미지와 비슷합니다. 전부 학습하되 사전 학습 레이어는 조심스럽게 학습하세요.</translation>
    </message>
    <message>
        <source>Many images, different from those of the pretraining: train everything.</source>
        <translation>이미지가 많고 사전 학습 이미지와 다릅니다. 전부 학습하세요.</translation>
    </message>
    <message>
        <source>There is nothing to transfer: train everything from random values.</source>
        <translation>전이할 가중치가 없습니다. 무작위 값에서 전부 학습하세요.</translation>
    </message>
    <message>
        <source>By the number of images alone; measure the evidence for better advice.</source>
        <translation>이미지 수만 보고 한 조언입니다. 근거를 측정하면 더 나은 조언을 드립니다.</translation>
    </message>
    <message>
        <source>{strategy}: train only the new head.</source>
        <translation>{strategy}: 새 헤드만 학습합니다.</translation>
    </message>
    <message>
        <source>{strategy}: train everything, the pretrained layers with a tenth of the rate.</source>
        <translation>{strategy}: 전부 학습하되, 사전 학습 레이어는 학습률의 10분의 1로 학습합니다.</translation>
    </message>
    <message>
        <source>{strategy}: train everything from the pretrained values on.</source>
        <translation>{strategy}: 사전 학습 값에서 시작해 전부 학습합니다.</translation>
    </message>
    <message>
        <source>{strategy}: train everything from random values.</source>
        <translation>{strategy}: 무작위 값에서 전부 학습합니다.</translation>
    </message>
    <message>
        <source>{strategy}: train from “{train_from}” on.</source>
        <translation>{strategy}: “{train_from}”부터 학습합니다.</translation>
    </message>
    <message>
        <source>{images} training images in {classes} classes, about {each} of each: few. With fewer than {limit} of a class training can spoil features that are good already.</source>
        <translation>클래스 {classes}개에 학습 이미지 {images}장, 클래스마다 약 {each}장으로 적습니다. 클래스마다 {limit}장이 안 되면 학습이 이미 좋은 특징을 망칠 수 있습니다.</translation>
    </message>
    <message>
        <source>{images} training images in {classes} classes, about {each} of each: few. From random values about {limit} of a class are wanted; a network with pretrained weights needs far less.</source>
        <translation>클래스 {classes}개에 학습 이미지 {images}장, 클래스당 약 {each}장으로 적습니다. 무작위 값에서 시작하려면 클래스당 약 {limit}장이 필요하고, 사전 학습 가중치가 있는 네트워크는 훨씬 적은 수로 충분합니다.</translation>
    </message>
    <message>
        <source>{images} training images in {classes} classes, about {each} of each: few in all. With fewer than {in_all} images training can spoil features that are good already.</source>
        <translation>학습 이미지 {images}장, 클래스 {classes}개, 클래스당 약 {each}장: 전체 수가 적습니다. 모두 합해 {in_all}장보다 적으면 이미 좋은 특징을 학습이 망칠 수 있습니다.</translation>
    </message>
    <message>
        <source>{images} training images in {classes} classes, about {each} of each: few in all. From random values about {in_all} are wanted; a network with pretrained weights needs far less.</source>
        <translation>학습 이미지 {images}장, 클래스 {classes}개, 클래스당 약 {each}장: 전체 수가 적습니다. 무작위 값에서 시작하려면 모두 합해 약 {in_all}장이 필요하지만, 사전 학습된 가중치가 있는 네트워크는 훨씬 적어도 됩니다.</translation>
    </message>
    <message>
        <source>{images} training images in {classes} classes, about {each} of each: enough to train a whole network, for which about {limit} of each and {in_all} in all are wanted.</source>
        <translation>학습 이미지 {images}장, 클래스 {classes}개, 클래스당 약 {each}장: 네트워크 전체를 학습하기에 충분합니다. 클래스당 약 {limit}장, 모두 합해 약 {in_all}장이면 됩니다.</translation>
    </message>
    <message>
        <source>This model has no pretrained weights, so there is nothing to transfer.</source>
        <translation>이 모델에는 사전 학습 가중치가 없어 전이할 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>How similar the images are to those of the pretraining is not measured, so this goes by their number alone.</source>
        <translation>사전 학습 이미지와 얼마나 비슷한지 측정하지 않아, 이미지 수만 보고 판단합니다.</translation>
    </message>
    <message>
        <source>Probes of {images} images are too uncertain to tell how similar they are to those of the pretraining; {limit} are wanted.</source>
        <translation>이미지 {images}장의 프로브로는 사전 학습 이미지와 얼마나 비슷한지 확실히 알 수 없습니다. {limit}장이 필요합니다.</translation>
    </message>
    <message>
        <source>A linear probe on what goes into the head tells {final} of the images rightly, one on their raw pixels {pixels}: the network avoids {similarity} of the mistakes ({low} to {high}%).</source>
        <translation>헤드 입력 특징으로 학습한 선형 프로브는 이미지의 {final}, 픽셀만으로 학습한 프로브는 {pixels}를 맞힙니다. 네트워크의 특징이 오분류의 {similarity}를 줄입니다({low}~{high}%).</translation>
    </message>
    <message>
        <source>A linear probe on what goes into the head tells {final} of the images rightly, one on their raw pixels {pixels}: the network avoids none of the mistakes.</source>
        <translation>헤드 입력 특징으로 학습한 선형 프로브는 이미지의 {final}, 픽셀만으로 학습한 프로브는 {pixels}를 맞힙니다. 네트워크의 특징이 오분류를 줄이지 못합니다.</translation>
    </message>
    <message>
        <source>No earlier depth is significantly better, so the images are similar to those of the pretraining.</source>
        <translation>더 앞쪽 깊이가 유의하게 낫지 않으므로, 사전 학습 이미지와 비슷합니다.</translation>
    </message>
    <message>
        <source>That is less than a third: what the network has learned helps little with these images. They are different from those of the pretraining.</source>
        <translation>3분의 1이 안 됩니다. 네트워크가 배운 것이 이 이미지에는 별로 도움이 되지 않으므로, 사전 학습 이미지와 다릅니다.</translation>
    </message>
    <message>
        <source>An earlier depth is better by {points} points ({p}): the last stages lose what matters here, so the images are different from those of the pretraining.</source>
        <translation>더 앞쪽 깊이가 {points}%p 낫습니다({p}). 마지막 스테이지들이 여기서 중요한 것을 잃으므로, 사전 학습 이미지와 다릅니다.</translation>
    </message>
    <message>
        <source>It is a close call: with other images of the kind it could turn out otherwise.</source>
        <translation>아슬아슬합니다. 같은 종류의 다른 이미지라면 다른 결론이 나올 수 있습니다.</translation>
    </message>
    <message>
        <source>The pretrained layers stay as they are, so that few images cannot spoil them.</source>
        <translation>사전 학습 레이어를 그대로 두어, 적은 이미지 때문에 망가지지 않게 합니다.</translation>
    </message>
    <message>
        <source>The features fit already: small steps adapt them without losing them.</source>
        <translation>특징이 이미 잘 맞으므로, 작은 갱신 폭으로 잃지 않고 맞춰 갑니다.</translation>
    </message>
    <message>
        <source>Pretrained values are a better start than random ones even where the images are different.</source>
        <translation>이미지가 다르더라도 사전 학습 값이 무작위 값보다 나은 출발점입니다.</translation>
    </message>
    <message>
        <source>Even the best depth, “{path}” with {accuracy}, avoids only {share} of the mistakes on raw pixels: freezing would protect little, and the pretrained values are a good start still.</source>
        <translation>가장 나은 깊이인 “{path}”({accuracy})도 픽셀만 볼 때의 오분류 가운데 {share}만 줄입니다. 고정해도 지킬 것이 별로 없지만, 사전 학습 값은 여전히 좋은 출발점입니다.</translation>
    </message>
    <message>
        <source>The probe is at its best, {accuracy}, from “{path}” on; the stages after it add nothing for these images, so they learn anew, and what comes before stays.</source>
        <translation>프로브는 “{path}”에서 이미 가장 높은 {accuracy}에 이릅니다. 그 뒤 스테이지는 이 이미지에 더해 주는 것이 없으므로 다시 학습하고, 그 앞은 그대로 둡니다.</translation>
    </message>
    <message>
        <source>The probe climbs up to the head, so only the last stage, “{path}”, learns anew: it is the one most made for other classes.</source>
        <translation>프로브가 헤드까지 계속 올라가므로, 다른 클래스에 가장 맞춰진 마지막 스테이지 “{path}”만 다시 학습합니다.</translation>
    </message>
    <message>
        <source>Leave the training images as they are.</source>
        <translation>학습 이미지를 그대로 둡니다.</translation>
    </message>
    <message>
        <source>Turn the training images a little and mirror them.</source>
        <translation>학습 이미지를 조금 회전하고 좌우로 뒤집습니다.</translation>
    </message>
    <message>
        <source>Crop the training images at random and mirror them.</source>
        <translation>학습 이미지를 무작위로 자르고 좌우로 뒤집습니다.</translation>
    </message>
    <message>
        <source>Weigh the classes in the loss.</source>
        <translation>손실에서 클래스마다 가중치를 줍니다.</translation>
    </message>
    <message>
        <source>{epochs} epochs in batches of {batch}.</source>
        <translation>{epochs}에포크, 배치 크기 {batch}.</translation>
    </message>
    <message>
        <source>Learning rate {rate}, falling to zero (SGD, cosine).</source>
        <translation>학습률 {rate}, 0까지 줄어듦(SGD, 코사인).</translation>
    </message>
    <message>
        <source>Learning rate {rate} for the head and {tenth} for the pretrained layers, falling to zero (SGD, cosine).</source>
        <translation>학습률은 헤드 {rate}, 사전 학습 레이어 {tenth}, 0까지 줄어듦(SGD, 코사인).</translation>
    </message>
    <message>
        <source>Learning rate {rate} with Adam, falling to zero (cosine).</source>
        <translation>Adam으로 학습률 {rate}, 0까지 줄어듦(코사인).</translation>
    </message>
    <message>
        <source>Pretrained layers learn with a tenth of the {original} that networks are trained with at first, so that they keep what they know.</source>
        <translation>사전 학습 레이어는 네트워크를 처음 학습할 때 쓰는 {original}의 10분의 1로 학습하여, 아는 것을 잃지 않습니다.</translation>
    </message>
    <message>
        <source>Layers whose features fit already learn with a tenth of that again.</source>
        <translation>특징이 이미 잘 맞는 레이어는 다시 그 10분의 1로 학습합니다.</translation>
    </message>
    <message>
        <source>A head alone learns well with that; with ten times less it would not be done in time.</source>
        <translation>헤드만 학습할 때는 이 정도가 알맞습니다. 10분의 1이면 제때 다 배우지 못합니다.</translation>
    </message>
    <message>
        <source>From random values Adam finds its way where plain steps would be too small.</source>
        <translation>무작위 값에서는 일반 SGD의 갱신 폭이 너무 작지만, Adam은 길을 찾습니다.</translation>
    </message>
    <message>
        <source>With {batches} batches an epoch that makes {updates} updates of the weights.</source>
        <translation>에포크마다 배치 {batches}개이므로 가중치를 {updates}번 갱신합니다.</translation>
    </message>
    <message>
        <source>Left and right matter here: {share} of the images are more like the others than like their mirror images. All ways of varying images mirror half of them.</source>
        <translation>여기서는 좌우가 중요합니다. 이미지의 {share}가 뒤집힌 이미지보다 원래 이미지들과 더 닮았습니다. 이미지를 바꾸는 모든 방법은 절반을 좌우로 뒤집습니다.</translation>
    </message>
    <message>
        <source>Left and right hardly matter: {share} of the images are more like the others than like their mirror images, and one half would be chance.</source>
        <translation>좌우는 별로 중요하지 않습니다. 이미지의 {share}가 뒤집힌 이미지보다 원래 이미지들과 더 닮았는데, 절반이면 우연입니다.</translation>
    </message>
    <message>
        <source>Of images of {side} px a random crop would leave too little to see.</source>
        <translation>{side}px 이미지를 무작위로 자르면 남는 것이 너무 적습니다.</translation>
    </message>
    <message>
        <source>Varied views let the network see more than there is, and few images need it most.</source>
        <translation>이미지를 바꿔 보여 주면 네트워크가 실제보다 많은 것을 봅니다. 이미지가 적을수록 더 필요합니다.</translation>
    </message>
    <message>
        <source>“{largest}” has {most} training images and “{smallest}” {fewest}: without it the small classes are neglected.</source>
        <translation>“{largest}”에는 학습 이미지가 {most}장, “{smallest}”에는 {fewest}장 있습니다. 그대로 두면 작은 클래스가 소홀해집니다.</translation>
    </message>
    <message>
        <source>There are no validation images: nothing will tell whether training helps or the images are learned by heart.</source>
        <translation>검증 이미지가 없습니다. 학습이 도움이 되는지, 이미지를 외우기만 하는지 알 수 없습니다.</translation>
    </message>
    <message>
        <source>With {images} validation images an accuracy near 90% is uncertain by ±{points} points: small differences mean nothing.</source>
        <translation>검증 이미지가 {images}장이면 90%에 가까운 정확도도 ±{points}%p만큼 불확실합니다. 작은 차이는 의미가 없습니다.</translation>
    </message>
    <message>
        <source>Fewer than {limit} training images: {names}. More of them help more than any setting.</source>
        <translation>학습 이미지가 {limit}장이 안 되는 클래스: {names}. 어떤 설정보다 이미지를 더하는 것이 도움이 됩니다.</translation>
    </message>
    <message>
        <source>Measured on {images} of the {total} training images, from {classes} classes.</source>
        <translation>학습 이미지 {total}장 가운데 클래스 {classes}개의 {images}장으로 측정했습니다.</translation>
    </message>
    <message>
        <source>Of {total} training images {images} were looked at, in proportion by class.</source>
        <translation>학습 이미지 {total}장 가운데 {images}장을 클래스 비율대로 살펴보았습니다.</translation>
    </message>
    <message>
        <source>Classes with a single training image always count as wrong: {names}.</source>
        <translation>학습 이미지가 한 장뿐인 클래스는 항상 틀린 것으로 셉니다: {names}.</translation>
    </message>
    <message>
        <source>Loading the weights</source>
        <translation>가중치를 불러오는 중</translation>
    </message>
    <message>
        <source>Running the images through the network</source>
        <translation>이미지를 네트워크에 통과시키는 중</translation>
    </message>
    <message>
        <source>Fitting linear probes</source>
        <translation>선형 프로브를 맞추는 중</translation>
    </message>
    <message>
        <source>A race needs two to ten entries, not {count}.</source>
        <translation>비교에는 후보를 2개에서 10개까지 넣을 수 있습니다({count}개는 안 됩니다).</translation>
    </message>
    <message>
        <source>Add entries, or leave some for the next race.</source>
        <translation>후보를 더하거나, 일부는 다음 비교로 미루세요.</translation>
    </message>
    <message>
        <source>“{name}” is in the race twice.</source>
        <translation>“{name}”이(가) 비교에 두 번 들어 있습니다.</translation>
    </message>
    <message>
        <source>Change one of the two, or leave it out.</source>
        <translation>둘 중 하나를 바꾸거나 빼세요.</translation>
    </message>
    <message>
        <source>A race takes one to {most} different seeds.</source>
        <translation>비교에는 서로 다른 시드를 1개에서 {most}개까지 쓸 수 있습니다.</translation>
    </message>
    <message>
        <source>Three seeds are enough to tell chance from a real difference.</source>
        <translation>시드 3개면 우연한 차이와 실제 차이를 구별할 수 있습니다.</translation>
    </message>
    <message>
        <source>“{name}” is the best: {accuracy}% (from {low} to {high}%).</source>
        <translation>“{name}”이(가) 가장 좋습니다: {accuracy}% ({low}–{high}%).</translation>
    </message>
    <message>
        <source>“{name}” is ahead with {accuracy}% (from {low} to {high}%), but not significantly better than “{second}”: a difference below {least} points cannot be told here.</source>
        <translation>“{name}”이(가) {accuracy}% ({low}–{high}%)로 앞서지만 “{second}”보다 유의하게 낫지는 않습니다. 여기서는 {least}%p보다 작은 차이를 가릴 수 없습니다.</translation>
    </message>
    <message>
        <source>“{name}” is ahead with {accuracy}% (from {low} to {high}%), but not significantly better than “{second}” and {more} more: a difference below {least} points cannot be told here.</source>
        <translation>“{name}”이(가) {accuracy}% ({low}–{high}%)로 앞서지만 “{second}” 외 {more}개보다 유의하게 낫지는 않습니다. 여기서는 {least}%p보다 작은 차이를 가릴 수 없습니다.</translation>
    </message>
    <message>
        <source>“{name}” is ahead with {accuracy}% (from {low} to {high}%), but not significantly better than “{second}” and {more} more: what cannot be told here is, depending on the pair, a difference below {least} to {widest} points.</source>
        <translation>“{name}”이(가) {accuracy}% ({low}–{high}%)로 앞서지만 “{second}” 외 {more}개보다 유의하게 낫지는 않습니다. 여기서는 쌍에 따라 {least}~{widest}%p보다 작은 차이를 가릴 수 없습니다.</translation>
    </message>
    <message>
        <source>“{name}” and “{second}” are level with {accuracy}% (from {low} to {high}%): a difference below {least} points cannot be told here.</source>
        <translation>“{name}”, “{second}” 동률: {accuracy}%({low}~{high}%). 여기서는 {least}%p보다 작은 차이를 구별할 수 없습니다.</translation>
    </message>
    <message>
        <source>“{name}”, “{second}” and {more} more are level with {accuracy}% (from {low} to {high}%): a difference below {least} points cannot be told here.</source>
        <translation>“{name}”, “{second}” 외 {more}개 동률: {accuracy}%({low}~{high}%). 여기서는 {least}%p보다 작은 차이를 구별할 수 없습니다.</translation>
    </message>
    <message>
        <source>“{name}” cannot be told from “{best}”, in {share}% of the time.</source>
        <translation>“{name}” 정확도는 “{best}” 정확도와 구별되지 않으며, 시간은 {share}%만 걸립니다.</translation>
    </message>
    <message>
        <source>“{name}” cannot be told from it, in {share}% of the time.</source>
        <translation>“{name}”은(는) 이와 구별되지 않으면서 시간은 {share}%만 걸립니다.</translation>
    </message>
    <message>
        <source>“{first}” is better than “{second}” by {points} points ({p}).</source>
        <translation>“{first}”이(가) “{second}”보다 {points}%p 낫습니다({p}).</translation>
    </message>
    <message>
        <source>“{first}” and “{second}” are level on {images} images: a difference below {least} points cannot be told here.</source>
        <translation>“{first}”, “{second}” 동률(이미지 {images}장): 여기서는 {least}%p보다 작은 차이를 구별할 수 없습니다.</translation>
    </message>
    <message>
        <source>No significant difference between “{first}” and “{second}” on {images} images with {seeds} seeds: a difference below {least} points cannot be told here.</source>
        <translation>이미지 {images}장과 시드 {seeds}개로는 “{first}”와(과) “{second}” 사이에 유의한 차이가 없습니다. 여기서는 {least}%p보다 작은 차이를 가릴 수 없습니다.</translation>
    </message>
    <message>
        <source>No significant difference between “{first}” and “{second}” on {images} images: a difference below {least} points cannot be told here.</source>
        <translation>이미지 {images}장에서 “{first}”와(과) “{second}” 사이에 유의한 차이가 없습니다. 여기서는 {least}%p보다 작은 차이를 가릴 수 없습니다.</translation>
    </message>
    <message>
        <source>The test was stopped at {rate}, before it could tell a good rate.</source>
        <translation>알맞은 학습률을 알 수 있기 전에 {rate}에서 테스트를 멈췄습니다.</translation>
    </message>
    <message>
        <source>The loss was not finite from the first steps on.</source>
        <translation>첫 스텝부터 손실이 유한한 값이 아니었습니다.</translation>
    </message>
    <message>
        <source>The loss never fell clearly: it was {start} at the smallest learning rates and {lowest} at best.</source>
        <translation>손실이 뚜렷하게 줄어든 적이 없습니다. 가장 작은 학습률에서 {start}, 가장 낮을 때 {lowest}였습니다.</translation>
    </message>
    <message>
        <source>The loss falls fastest at {steepest} and is lowest at {lowest}, where it is close to breaking; {suggestion} lies between the first and a tenth of the second.</source>
        <translation>손실은 {steepest}에서 가장 빠르게 줄고, {lowest}에서 가장 낮지만 곧 학습이 무너집니다. 제안값 {suggestion}은 앞의 값과 뒤의 값의 10분의 1 사이에 있습니다.</translation>
    </message>
    <message>
        <source>The loss falls fastest at {steepest} and was still falling at {lowest}, the highest rate tried; {suggestion} lies between the first and a tenth of the second.</source>
        <translation>손실은 {steepest}에서 가장 빠르게 줄었고, 시도한 가장 큰 학습률 {lowest}에서도 계속 줄고 있었습니다. 제안값 {suggestion}은 앞의 값과 뒤의 값의 10분의 1 사이에 있습니다.</translation>
    </message>
    <message>
        <source>The source of {model} is not part of this installation of the studio.</source>
        <translation>{model}의 소스 코드가 이 TLStudio 설치본에 들어 있지 않습니다.</translation>
    </message>
    <message>
        <source>Choose a network of torchvision or timm, or install TLStudio with pip.</source>
        <translation>torchvision이나 timm의 네트워크를 고르거나, TLStudio를 pip으로 설치하세요.</translation>
    </message>
    <message>
        <source>The weights of {model} are no longer on this machine.</source>
        <translation>{model}의 가중치가 이 컴퓨터에 더 이상 없습니다.</translation>
    </message>
    <message>
        <source>Download them where the model is chosen.</source>
        <translation>모델을 고르는 곳에서 다운로드하세요.</translation>
    </message>
    <message>
        <source>“{path}” does not give one vector for each image.</source>
        <translation>“{path}”는 이미지마다 벡터 하나를 내놓지 않습니다.</translation>
    </message>
    <message>
        <source>Choose another layer.</source>
        <translation>다른 레이어를 고르세요.</translation>
    </message>
    <message>
        <source>There are too few images to hold some back for a probe.</source>
        <translation>프로브에 쓰지 않고 남겨 둘 이미지가 너무 적습니다.</translation>
    </message>
    <message>
        <source>Two classes need two training images each, better ten.</source>
        <translation>두 클래스 이상에 학습 이미지가 두 장씩, 되도록 열 장씩 있어야 합니다.</translation>
    </message>
    <message>
        <source>A race is decided by validation images: there are none.</source>
        <translation>비교는 검증 이미지로 판정하는데, 검증 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>Set some images aside for validation.</source>
        <translation>이미지 일부를 검증용으로 떼어 두세요.</translation>
    </message>
    <message>
        <source>Training loss</source>
        <translation>학습 손실</translation>
    </message>
    <message>
        <source>Train loss</source>
        <translation>학습 손실</translation>
    </message>
    <message>
        <source>Validation loss</source>
        <translation>검증 손실</translation>
    </message>
    <message>
        <source>Val loss</source>
        <translation>검증 손실</translation>
    </message>
    <message>
        <source>Training accuracy</source>
        <translation>학습 정확도</translation>
    </message>
    <message>
        <source>Train accuracy</source>
        <translation>학습 정확도</translation>
    </message>
    <message>
        <source>Validation accuracy</source>
        <translation>검증 정확도</translation>
    </message>
    <message>
        <source>Val accuracy</source>
        <translation>검증 정확도</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>시간</translation>
    </message>
    <message>
        <source>Images/s</source>
        <translation>이미지/초</translation>
    </message>
    <message>
        <source>The plan of what trains was made for another network.</source>
        <translation>학습 계획이 다른 네트워크의 것입니다.</translation>
    </message>
    <message>
        <source>Choose the model or the strategy again.</source>
        <translation>모델이나 전략을 다시 고르세요.</translation>
    </message>
    <message>
        <source>A script reads image files, and “{name}” is not a file of its own.</source>
        <translation>스크립트는 이미지 파일을 읽는데, “{name}”은(는) 별도의 파일이 아닙니다.</translation>
    </message>
    <message>
        <source>Write a clean copy of the dataset, and open that.</source>
        <translation>데이터셋의 정리된 사본을 만들고 그것을 여세요.</translation>
    </message>
    <message>
        <source>Epochs and batches follow once a dataset is open.</source>
        <translation>데이터셋을 열면 에포크와 배치 크기도 정해집니다.</translation>
    </message>
    <message>
        <source>{images} training images: the head learns with {rate}, the pretrained layers with a tenth of it.</source>
        <translation>학습 이미지 {images}장: 헤드는 학습률 {rate}(으)로, 사전 학습된 레이어는 그 10분의 1로 학습합니다.</translation>
    </message>
    <message>
        <source>{images} training images and a frozen backbone: a head alone learns well at a rate of {rate}.</source>
        <translation>학습 이미지 {images}장, 고정된 백본: 헤드만 학습할 때는 학습률 {rate}에서 잘 학습합니다.</translation>
    </message>
    <message>
        <source>{images} training images and pretrained values: at a rate of {rate} the layers keep what they know.</source>
        <translation>학습 이미지 {images}장, 사전 학습된 값: 학습률 {rate}이면 레이어가 배운 것을 유지합니다.</translation>
    </message>
    <message>
        <source>Only {images} training images, so batches are small: with {batch} images each, the weights are adjusted {steps}× an epoch, at a learning rate of {rate}.</source>
        <translation>학습 이미지가 {images}장뿐이라 배치를 작게 합니다. {batch}장씩이면 에포크마다 가중치를 {steps}번 갱신하며, 학습률은 {rate}입니다.</translation>
    </message>
    <message>
        <source>{images} training images and random values: Adam with {rate} finds its way, and it takes longer.</source>
        <translation>학습 이미지 {images}장, 무작위 값에서 시작: 학습률 {rate}의 Adam이 알맞고, 더 오래 걸립니다.</translation>
    </message>
    <message>
        <source>The learning rate of the PyTorch transfer-learning tutorial, whatever the dataset.</source>
        <translation>데이터셋과 관계없이 PyTorch 전이 학습 튜토리얼의 학습률입니다.</translation>
    </message>
    <message>
        <source>The tutorial&apos;s settings, but with Adam: its own steps are for pretrained values.</source>
        <translation>튜토리얼 설정에 Adam만 다릅니다. 튜토리얼의 갱신 폭은 사전 학습된 값에 맞춘 것입니다.</translation>
    </message>
    <message>
        <source>preset</source>
        <translation>프리셋</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>권장</translation>
    </message>
    <message>
        <source>As the advice has them for so many images, this strategy and these starting values.</source>
        <translation>이미지 수, 전략, 초기값에 맞춘 조언 그대로의 설정입니다.</translation>
    </message>
    <message>
        <source>PyTorch tutorial</source>
        <translation>PyTorch 튜토리얼</translation>
    </message>
    <message>
        <source>SGD with a learning rate of 0.001 that falls to a tenth every 7 epochs, for 25 epochs, whatever the dataset.</source>
        <translation>데이터셋과 관계없이 SGD, 학습률 0.001(7에포크마다 10분의 1), 25에포크입니다.</translation>
    </message>
    <message>
        <source>There is no run “{name}”.</source>
        <translation>“{name}” 실행이 없습니다.</translation>
    </message>
    <message>
        <source>There is no run in “{name}”.</source>
        <translation>“{name}”에 실행이 없습니다.</translation>
    </message>
    <message>
        <source>There is no checkpoint in “{name}” to go on with.</source>
        <translation>“{name}”에 이어서 학습할 체크포인트가 없습니다.</translation>
    </message>
    <message>
        <source>Start it again with the same settings.</source>
        <translation>같은 설정으로 다시 시작하세요.</translation>
    </message>
    <message>
        <source>This run is being trained already.</source>
        <translation>이 실행은 이미 학습 중입니다.</translation>
    </message>
    <message>
        <source>Look for another window or terminal of the studio.</source>
        <translation>다른 TLStudio 창이나 터미널이 있는지 확인하세요.</translation>
    </message>
    <message>
        <source>Fixed</source>
        <translation>고쳐짐</translation>
    </message>
    <message>
        <source>Broken</source>
        <translation>나빠짐</translation>
    </message>
    <message>
        <source>Never right</source>
        <translation>한 번도 맞히지 못함</translation>
    </message>
    <message>
        <source>Always right</source>
        <translation>모두 맞힘</translation>
    </message>
    <message>
        <source>no verdict</source>
        <translation>판정 없음</translation>
    </message>
    <message>
        <source>level: the same images are right</source>
        <translation>동률: 같은 이미지를 맞힘</translation>
    </message>
    <message>
        <source>level: {fixed} fixed, {broken} broken</source>
        <translation>동률: {fixed}장 고쳐짐, {broken}장 나빠짐</translation>
    </message>
    <message>
        <source>{fixed} fixed, {broken} broken: a coin could not fall more evenly</source>
        <translation>{fixed}장 고쳐짐, {broken}장 나빠짐 — 동전도 이보다 고르지 않음</translation>
    </message>
    <message>
        <source>{fixed} fixed, {broken} broken: a coin would do that at most once in 1,000</source>
        <translation>{fixed}장 고쳐짐, {broken}장 나빠짐 — 동전으로는 1,000번에 많아야 한 번</translation>
    </message>
    <message>
        <source>{fixed} fixed, {broken} broken: a coin would do that {times} times in {of}</source>
        <translation>{fixed}장 고쳐짐, {broken}장 나빠짐 — 동전으로도 {of}번 중 {times}번</translation>
    </message>
    <message>
        <source>Nothing was measured of these runs.</source>
        <translation>이 실행들에는 측정된 값이 없습니다.</translation>
    </message>
    <message>
        <source>Parameters that train</source>
        <translation>학습하는 파라미터</translation>
    </message>
    <message>
        <source>Epochs done (best)</source>
        <translation>학습한 에포크(최고)</translation>
    </message>
    <message>
        <source>Training / validation images</source>
        <translation>학습 / 검증 이미지</translation>
    </message>
    <message>
        <source>Fingerprint of the images</source>
        <translation>이미지 지문</translation>
    </message>
    <message>
        <source>Last crash</source>
        <translation>마지막 비정상 종료</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>로그</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>버전</translation>
    </message>
    <message>
        <source>System</source>
        <translation>시스템</translation>
    </message>
    <message>
        <source>Processor cores</source>
        <translation>프로세서 코어</translation>
    </message>
    <message>
        <source>Processor can</source>
        <translation>프로세서 기능</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>메모리</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>환경설정</translation>
    </message>
    <message>
        <source>Resources</source>
        <translation>리소스</translation>
    </message>
    <message>
        <source>{fixed} fixed, {broken} broken from “{first}” to “{second}”: a coin would do that {times} times in {of}.</source>
        <translation>“{first}” 대비 “{second}”: {fixed}장 고쳐짐, {broken}장 나빠짐. 동전을 던져도 {of}번 중 {times}번은 이런 결과가 나옵니다.</translation>
    </message>
    <message>
        <source>{fixed} fixed, {broken} broken from “{first}” to “{second}”: a coin could not fall more evenly.</source>
        <translation>“{first}” 대비 “{second}”: {fixed}장 고쳐짐, {broken}장 나빠짐. 동전을 던져도 이보다 더 고르게 나올 수 없습니다.</translation>
    </message>
    <message>
        <source>{fixed} fixed, {broken} broken from “{first}” to “{second}”: a coin would do that at most once in 1,000 times.</source>
        <translation>“{first}” 대비 “{second}”: {fixed}장 고쳐짐, {broken}장 나빠짐. 동전을 던져 이런 결과가 나올 일은 1,000번 중 많아야 한 번입니다.</translation>
    </message>
    <message>
        <source>No verdict: these runs were validated on other images, or their answers are not kept.</source>
        <translation>판정할 수 없습니다. 검증 이미지가 서로 다르거나 이미지별 예측이 남아 있지 않습니다.</translation>
    </message>
    <message>
        <source>“{name}” has the highest accuracy.</source>
        <translation>정확도가 가장 높은 실행은 “{name}”입니다.</translation>
    </message>
    <message>
        <source>“{name}” has the highest accuracy, and is level with {level} more.</source>
        <translation>정확도가 가장 높은 실행은 “{name}”이며, 외 {level}개와 동률입니다.</translation>
    </message>
    <message>
        <source>It is better by more than chance than {beaten} of the {others} it was compared with.</source>
        <translation>비교한 {others}개 중 {beaten}개보다 우연 이상으로 좋습니다.</translation>
    </message>
    <message>
        <source>It is not shown to be better than any of the {others} it was compared with.</source>
        <translation>비교한 {others}개 중 어느 것보다도 낫다고 할 수 없습니다.</translation>
    </message>
    <message>
        <source>“{first}” and “{second}” tell the same of the {images} validation images rightly: they are level.</source>
        <translation>“{first}”, “{second}” 모두 검증 이미지 {images}장 중 같은 이미지를 맞혔습니다. 동률입니다.</translation>
    </message>
    <message>
        <source>“{better}” is better by more than chance.</source>
        <translation>“{better}” 쪽이 더 좋으며, 우연한 차이가 아닙니다.</translation>
    </message>
    <message>
        <source>That is within chance: neither is shown to be better.</source>
        <translation>우연히 생길 수 있는 차이입니다. 어느 쪽이 낫다고 할 수 없습니다.</translation>
    </message>
    <message>
        <source>Among {pairs} comparisons one like it comes about by chance: neither is shown to be better.</source>
        <translation>{pairs}번 비교하면 이런 차이는 우연히도 나옵니다. 어느 쪽이 낫다고 할 수 없습니다.</translation>
    </message>
    <message>
        <source>No verdict: what “{name}” said of each validation image is not kept.</source>
        <translation>판정할 수 없습니다. “{name}”의 이미지별 예측이 남아 있지 않습니다.</translation>
    </message>
    <message>
        <source>No verdict: “{first}” and “{second}” were validated on other images; they share {common}.</source>
        <translation>판정할 수 없습니다. “{first}”, “{second}”의 검증 이미지가 서로 다릅니다. 공통 이미지는 {common}장입니다.</translation>
    </message>
    <message>
        <source>No verdict: “{first}” and “{second}” were validated on other images; they share none.</source>
        <translation>판정할 수 없습니다. “{first}”, “{second}”의 검증 이미지가 서로 다르며, 공통 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>No image was taken for this class.</source>
        <translation>이 클래스로 예측된 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>There is no image of this class.</source>
        <translation>이 클래스의 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>There is no image of another class.</source>
        <translation>다른 클래스의 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>No image is of this class, and none was taken for it.</source>
        <translation>이 클래스의 이미지도, 이 클래스로 예측된 이미지도 없습니다.</translation>
    </message>
    <message>
        <source>Validation accuracy {percent} % ({low}–{high}), {right} of {images}</source>
        <translation>검증 정확도 {percent} %({low}–{high}), {images}장 중 {right}장</translation>
    </message>
    <message>
        <source>Test accuracy {percent} % ({low}–{high}), {right} of {images}</source>
        <translation>테스트 정확도 {percent} %({low}–{high}), {images}장 중 {right}장</translation>
    </message>
    <message>
        <source>Accuracy on “{name}” {percent} % ({low}–{high}), {right} of {images}</source>
        <translation>“{name}” 정확도 {percent} %({low}–{high}), {images}장 중 {right}장</translation>
    </message>
    <message>
        <source>No image with a known class: there is no accuracy</source>
        <translation>클래스를 아는 이미지가 없어 정확도를 알 수 없습니다</translation>
    </message>
    <message>
        <source>{percent} % ({low}–{high}), {right} of {images}, without the {count} images that are also in training</source>
        <translation>학습에도 있는 이미지 {count}장을 빼면 {percent} %({low}–{high}), {images}장 중 {right}장</translation>
    </message>
    <message>
        <source>{percent} % ({low}–{high}), {right} of {images}, without the one image that is also in training</source>
        <translation>학습에도 있는 이미지 1장을 빼면 {percent} %({low}–{high}), {images}장 중 {right}장</translation>
    </message>
    <message>
        <source>Every one of these images is also in training</source>
        <translation>모든 이미지가 학습에도 있습니다</translation>
    </message>
    <message>
        <source>The frozen layers are no longer those that this run began with.</source>
        <translation>동결된 층이 이 실행을 시작할 때와 달라졌습니다.</translation>
    </message>
    <message>
        <source>Train anew with the same settings, or start from the run&apos;s weights.</source>
        <translation>같은 설정으로 다시 학습하거나 이 실행의 가중치에서 시작하세요.</translation>
    </message>
    <message>
        <source>The checkpoint is of another network.</source>
        <translation>다른 네트워크의 체크포인트입니다.</translation>
    </message>
    <message>
        <source>Train anew with the same settings.</source>
        <translation>같은 설정으로 다시 학습하세요.</translation>
    </message>
    <message>
        <source>Nothing here speaks for {name}: the map is empty.</source>
        <translation>여기에는 {name}의 근거가 없습니다. 히트맵이 비어 있습니다.</translation>
    </message>
    <message>
        <source>Testing the map…</source>
        <translation>히트맵을 검증하는 중…</translation>
    </message>
    <message>
        <source>This map means little: with shuffled weights it looks nearly the same (rank correlation {likeness:.2f}).</source>
        <translation>이 히트맵은 믿기 어렵습니다. 가중치를 뒤섞어도 거의 같은 모양입니다(순위 상관 {likeness:.2f}).</translation>
    </message>
    <message>
        <source>Tested: with the brightest fifth blanked, {name} falls from {before:.0%} to {after:.0%}; with as much blanked elsewhere, to {other:.0%}.</source>
        <translation>검증됨: 가장 밝은 5분의 1을 가리면 {name} 확률이 {before:.0%}에서 {after:.0%}(으)로 떨어지고, 다른 곳을 같은 넓이만큼 가리면 {other:.0%}입니다.</translation>
    </message>
    <message>
        <source>This map means little: with the brightest fifth blanked, {name} goes from {before:.0%} to {after:.0%}; with as much blanked elsewhere, to {other:.0%}.</source>
        <translation>이 히트맵은 믿기 어렵습니다. 가장 밝은 5분의 1을 가리면 {name} 확률이 {before:.0%}에서 {after:.0%}(으)로 바뀌고, 다른 곳을 같은 넓이만큼 가리면 {other:.0%}입니다.</translation>
    </message>
    <message>
        <source>The mean of what speaks for {name} in {images} images, over the mean of the images; in {empty} of them, nothing does.</source>
        <translation>이미지 {images}장에서 {name}의 근거를 평균해, 이미지들의 평균 위에 겹쳤습니다. 그중 {empty}장에는 근거가 없습니다.</translation>
    </message>
    <message>
        <source>Use occlusion, which works with any network.</source>
        <translation>어떤 네트워크에나 쓸 수 있는 가림 실험(occlusion)을 사용하세요.</translation>
    </message>
    <message>
        <source>No layer of this network keeps the places of the image apart.</source>
        <translation>이 네트워크에는 이미지의 위치를 구분해 유지하는 레이어가 없습니다.</translation>
    </message>
    <message>
        <source>{flag} has no meaning with --split all.</source>
        <translation>--split all에는 {flag}이(가) 의미가 없습니다.</translation>
    </message>
    <message>
        <source>--calibrate needs a run and its own validation images.</source>
        <translation>--calibrate에는 실행과 그 실행의 검증 이미지가 필요합니다.</translation>
    </message>
    <message>
        <source>Name the run and the dataset that it was trained on.</source>
        <translation>실행과 그 실행이 학습한 데이터셋을 지정하세요.</translation>
    </message>
    <message>
        <source>The test split was looked at for the first time. Choose nothing by its accuracy, or it is one more validation split.</source>
        <translation>테스트 분할을 처음 확인했습니다. 이 정확도로 무엇이든 고르면 검증 분할이 하나 더 생기는 셈입니다.</translation>
    </message>
    <message>
        <source>The test split was looked at {count} times: what was chosen by its accuracy makes that too good.</source>
        <translation>테스트 분할을 {count}번 확인했습니다. 그 정확도를 보고 고른 것이 있다면 실제보다 높게 나옵니다.</translation>
    </message>
    <message>
        <source>Validation images</source>
        <translation>검증 이미지</translation>
    </message>
    <message>
        <source>Test images</source>
        <translation>테스트 이미지</translation>
    </message>
    <message>
        <source>Folder with class folders</source>
        <translation>클래스 폴더가 있는 폴더</translation>
    </message>
    <message>
        <source>Images without classes</source>
        <translation>클래스가 없는 이미지</translation>
    </message>
    <message>
        <source>“{name}” has no validation images.</source>
        <translation>“{name}”에 검증 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>“{name}” has no test images.</source>
        <translation>“{name}”에 테스트 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>Put them into a folder “{split}” beside “train”, or let the studio split off a part of the images.</source>
        <translation>“train” 옆의 “{split}” 폴더에 넣거나, TLStudio가 이미지 일부를 나누게 하세요.</translation>
    </message>
    <message>
        <source>There are no class folders with images in “{name}”.</source>
        <translation>“{name}”에 이미지가 든 클래스 폴더가 없습니다.</translation>
    </message>
    <message>
        <source>“{name}” and the network have no class in common.</source>
        <translation>“{name}”과(와) 네트워크에 공통된 클래스가 없습니다.</translation>
    </message>
    <message>
        <source>There the classes are {found}; the network tells {known} apart.</source>
        <translation>폴더의 클래스는 {found}이고, 네트워크가 구별하는 클래스는 {known}입니다.</translation>
    </message>
    <message>
        <source>Classes that the network does not know: {names}. Their images ({count}) are left out.</source>
        <translation>네트워크가 모르는 클래스: {names}. 해당 이미지 {count}장은 제외했습니다.</translation>
    </message>
    <message>
        <source>Classes of the network without images here: {names}.</source>
        <translation>여기에 이미지가 없는 네트워크 클래스: {names}.</translation>
    </message>
    <message>
        <source>Distance to training images</source>
        <translation>학습 이미지와의 거리</translation>
    </message>
    <message>
        <source>Highest probability</source>
        <translation>최대 확률</translation>
    </message>
    <message>
        <source>Highest logit</source>
        <translation>최대 로짓</translation>
    </message>
    <message>
        <source>“None of these” needs training images and validation images that can be read.</source>
        <translation>“해당 없음” 판정에는 읽을 수 있는 학습 이미지와 검증 이미지가 필요합니다.</translation>
    </message>
    <message>
        <source>Open the dataset that the model was trained on.</source>
        <translation>모델을 학습한 데이터셋을 여세요.</translation>
    </message>
    <message>
        <source>Two to six runs can be compared, not {count}.</source>
        <translation>비교할 수 있는 실행은 2~6개이며, {count}개는 비교할 수 없습니다.</translation>
    </message>
    <message>
        <source>A script cannot begin with the values of a file or run.</source>
        <translation>스크립트는 파일이나 실행의 값에서 시작할 수 없습니다.</translation>
    </message>
    <message>
        <source>Choose pretrained or random starting values for it.</source>
        <translation>사전 학습된 값이나 임의의 값에서 시작하도록 선택하세요.</translation>
    </message>
    <message>
        <source>It is not said from which file or run training starts.</source>
        <translation>학습을 시작할 파일이나 실행이 정해지지 않았습니다.</translation>
    </message>
    <message>
        <source>Choose one, or start from pretrained values.</source>
        <translation>하나를 고르거나 사전 학습된 값에서 시작하세요.</translation>
    </message>
    <message>
        <source>“{name}”, from which training starts, is not there.</source>
        <translation>학습을 시작할 “{name}”이(가) 없습니다.</translation>
    </message>
    <message>
        <source>Choose another file or run, or pretrained values.</source>
        <translation>다른 파일이나 실행, 또는 사전 학습된 값을 선택하세요.</translation>
    </message>
    <message>
        <source>“{name}” was trained on images of another size or colour.</source>
        <translation>“{name}”은(는) 크기나 색이 다른 이미지로 학습되었습니다.</translation>
    </message>
    <message>
        <source>Choose the same input size, colours and stem as there, or another file.</source>
        <translation>그때와 같은 입력 크기, 색, 스템을 선택하거나 다른 파일을 고르세요.</translation>
    </message>
    <message>
        <source>A report is written as HTML, and “{name}” is not called so.</source>
        <translation>보고서는 HTML로 저장되는데, “{name}”의 확장자가 HTML이 아닙니다.</translation>
    </message>
    <message>
        <source>The window writes PDF as well; browsers print the HTML.</source>
        <translation>PDF는 창에서 저장할 수 있고, HTML은 브라우저에서 인쇄할 수 있습니다.</translation>
    </message>
    <message>
        <source>Trained for all its epochs</source>
        <translation>모든 에포크를 학습함</translation>
    </message>
    <message>
        <source>Ended early, as validation did not become better</source>
        <translation>검증 성능이 더 나아지지 않아 조기 종료됨</translation>
    </message>
    <message>
        <source>Stopped by a person</source>
        <translation>사용자가 중지함</translation>
    </message>
    <message>
        <source>Failed; what was learned before is kept</source>
        <translation>실패함. 그전까지 학습한 내용은 보관됨</translation>
    </message>
    <message>
        <source>Written by TLStudio {version}; no network was used.</source>
        <translation>TLStudio {version}이(가) 작성함. 인터넷은 사용하지 않음.</translation>
    </message>
    <message>
        <source>Validation accuracy {accuracy}</source>
        <translation>검증 정확도 {accuracy}</translation>
    </message>
    <message>
        <source>There were no validation images.</source>
        <translation>검증 이미지가 없었습니다.</translation>
    </message>
    <message>
        <source>The weights are those of epoch {epoch} of {epochs}, which was the best on these very images; on new ones expect a little less.</source>
        <translation>가중치는 {epochs}에포크 중 {epoch}번째 에포크의 것으로, 바로 이 이미지들에서 가장 좋았습니다. 새 이미지에서는 조금 낮을 수 있습니다.</translation>
    </message>
    <message>
        <source>All {count} classes</source>
        <translation>전체 클래스 {count}개</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>클래스</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>폴더</translation>
    </message>
    <message>
        <source>Fingerprint</source>
        <translation>데이터셋 지문</translation>
    </message>
    <message>
        <source>Open findings that change the result</source>
        <translation>결과를 바꾸는 남은 문제</translation>
    </message>
    <message>
        <source>{count} images could not be read: {names}</source>
        <translation>읽지 못한 이미지 {count}개: {names}</translation>
    </message>
    <message>
        <source>Data and split</source>
        <translation>데이터와 분할</translation>
    </message>
    <message>
        <source>{count} images left out</source>
        <translation>이미지 {count}장 제외</translation>
    </message>
    <message>
        <source>{count} moved to another class</source>
        <translation>{count}장 클래스 변경</translation>
    </message>
    <message>
        <source>{count} placed in a split</source>
        <translation>{count}장 분할 지정</translation>
    </message>
    <message>
        <source>{count} grouped</source>
        <translation>{count}장 그룹 지정</translation>
    </message>
    <message>
        <source>findings accepted</source>
        <translation>점검 결과 수용</translation>
    </message>
    <message>
        <source>Changed by hand: {what}.</source>
        <translation>직접 바꾼 내용: {what}.</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>파라미터</translation>
    </message>
    <message>
        <source>Multiply-adds</source>
        <translation>곱셈-덧셈</translation>
    </message>
    <message>
        <source>Layers deep</source>
        <translation>깊이(층 수)</translation>
    </message>
    <message>
        <source>Kernel/stride</source>
        <translation>커널/스트라이드</translation>
    </message>
    <message>
        <source>Neurons</source>
        <translation>뉴런 수</translation>
    </message>
    <message>
        <source>Outputs</source>
        <translation>출력 수</translation>
    </message>
    <message>
        <source>Top-5 error, test images</source>
        <translation>top-5 오류율, 테스트 이미지</translation>
    </message>
    <message>
        <source>Table I: each map of C3 sees only some maps of S2. Where all are connected it is {0}, as on many slides.</source>
        <translation>표 I: C3의 각 맵은 S2의 일부 맵만 봅니다. 모두 연결하면 많은 강의 자료처럼 {0}개가 됩니다.</translation>
    </message>
    <message>
        <source>Without the output: the paper compares F6 with drawings of the ten digits (RBF) that are not trained. A linear output has {0} more; with C3 fully connected and plain pooling it is {1} in all.</source>
        <translation>출력층을 뺀 값입니다. 논문의 출력층(RBF)은 F6을 숫자 열 개의 고정된 그림과 비교하며 학습하지 않습니다. 선형 출력층은 {0}개가 더 있고, C3를 모두 연결하고 일반 풀링을 쓰면 모두 {1}개입니다.</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>연결 수</translation>
    </message>
    <message>
        <source>The linear output here has ten biases; the paper&apos;s RBF units have none.</source>
        <translation>여기의 선형 출력층에는 편향이 10개 있지만 논문의 RBF 유닛에는 없습니다.</translation>
    </message>
    <message>
        <source>Table I: which maps of S2 (rows) each map of C3 (columns) is connected to</source>
        <translation>표 I: C3의 각 맵(열)이 연결된 S2의 맵(행)</translation>
    </message>
    <message>
        <source>abstract</source>
        <translation>초록</translation>
    </message>
    <message>
        <source>torchvision&apos;s AlexNet has {0}: another network, of 2014, without the two groups of the two graphics cards.</source>
        <translation>torchvision의 AlexNet은 {0}입니다. GPU 두 장에서 비롯한 두 그룹이 없는, 2014년의 다른 네트워크입니다.</translation>
    </message>
    <message>
        <source>five networks</source>
        <translation>네트워크 5개</translation>
    </message>
    <message>
        <source>table 2</source>
        <translation>표 2</translation>
    </message>
    <message>
        <source>With the images of the challenge alone.</source>
        <translation>대회 이미지만 썼습니다.</translation>
    </message>
    <message>
        <source>seven networks</source>
        <translation>네트워크 7개</translation>
    </message>
    <message>
        <source>These five and two that were pretrained on all of ImageNet (Fall 2011). It is the number that slides give for “AlexNet”.</source>
        <translation>위의 다섯에, ImageNet 전체(2011년 가을판)로 사전 학습한 둘을 더한 값입니다. 강의 자료에서 ‘AlexNet’의 오류율로 드는 값이 이것입니다.</translation>
    </message>
    <message>
        <source>Eleven layers with weights.</source>
        <translation>가중치가 있는 층이 11개입니다.</translation>
    </message>
    <message>
        <source>133 M belongs to A and B. Three fully connected layers hold {0} of it.</source>
        <translation>133 M은 A와 B의 값입니다. D의 파라미터 가운데 완전 연결층 세 개의 것이 {0}입니다.</translation>
    </message>
    <message>
        <source>table 1</source>
        <translation>표 1</translation>
    </message>
    <message>
        <source>13 convolutions and 3 linear layers; pooling has no weights.</source>
        <translation>합성곱 13개와 선형 레이어 3개입니다. 풀링에는 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>ResNet paper, §3.3</source>
        <translation>ResNet 논문 §3.3</translation>
    </message>
    <message>
        <source>One multiply-add is one product and one sum; slides that count them apart have twice as much.</source>
        <translation>곱셈-덧셈 하나는 곱셈 한 번과 덧셈 한 번입니다. 둘을 따로 센 강의 자료에는 두 배로 나옵니다.</translation>
    </message>
    <message>
        <source>table 7</source>
        <translation>표 7</translation>
    </message>
    <message>
        <source>The entry of 2014. Two networks reached 6.8% after the challenge.</source>
        <translation>2014년 출품작입니다. 대회 뒤에는 네트워크 2개로 6.8%에 이르렀습니다.</translation>
    </message>
    <message>
        <source>Table 1, module by module</source>
        <translation>표 1, 모듈별</translation>
    </message>
    <message>
        <source>With the auxiliary classifier, which is left out after training, it is {0}.</source>
        <translation>학습이 끝나면 빼는 보조 분류기까지 세면 {0}입니다.</translation>
    </message>
    <message>
        <source>For images of 299 pixels. Of the network as published, the NASNet paper prints 5.72 G (table 2).</source>
        <translation>299픽셀 이미지의 값입니다. 공개된 네트워크에 대해 NASNet 논문(표 2)은 5.72 G라고 합니다.</translation>
    </message>
    <message>
        <source>{0} convolutions and one linear layer.</source>
        <translation>합성곱 {0}개와 선형 레이어 하나입니다.</translation>
    </message>
    <message>
        <source>All are without the last, linear layer; with it, those of four and eight groups do not come out.</source>
        <translation>모두 마지막 선형 레이어를 뺀 값입니다. 넣으면 그룹이 4개, 8개일 때 논문의 값과 맞지 않습니다.</translation>
    </message>
    <message>
        <source>The added layers are less than a thousandth; with a product for each value that is weighed it is two thousandths. The paper says 0.26%.</source>
        <translation>더해진 레이어만 세면 1000분의 1이 되지 않고, 맵의 값마다 계수를 곱하는 것까지 세면 1000분의 2입니다. 논문에는 0.26%로 나옵니다.</translation>
    </message>
    <message>
        <source>The printed 100 M operations need the counted parameters, not 463 K.</source>
        <translation>논문의 연산 수 100 M은 463 K가 아니라 여기서 센 파라미터 수에 맞습니다.</translation>
    </message>
    <message>
        <source>{0} against {1}: about a ninth by the paper&apos;s own table 1. Its two auxiliary classifiers, which are left out after training, would make it {2}.</source>
        <translation>{0} 대 {1}: 논문의 표 1대로라면 약 9분의 1입니다. 학습이 끝나면 빼는 보조 분류기 두 개까지 세면 {2}입니다.</translation>
    </message>
    <message>
        <source>On the longest way; a module counts two. There are {0} convolutions in all.</source>
        <translation>가장 긴 경로의 층 수로, 모듈 하나가 두 층입니다. 합성곱은 모두 {0}개입니다.</translation>
    </message>
    <message>
        <source>figure 2</source>
        <translation>그림 2</translation>
    </message>
    <message>
        <source>55 × 55 × 96; the printed number is 55 × 48 × 96. And 55 does not follow from the printed 224 pixels: it takes 227, or padding.</source>
        <translation>55 × 55 × 96입니다. 논문의 값은 55 × 48 × 96입니다. 또 224픽셀에서는 55가 나오지 않으며 227픽셀이나 패딩이 필요합니다.</translation>
    </message>
    <message>
        <source>The paper names a stride for conv1 alone; everywhere else it is 1, and pooling makes the maps smaller.</source>
        <translation>논문에는 conv1의 스트라이드만 적혀 있습니다. 다른 합성곱의 스트라이드는 1이며, 맵은 풀링이 줄입니다.</translation>
    </message>
    <message>
        <source>The “4096 neurons each” of the paper are those of the two layers before; the last one has an output for each class.</source>
        <translation>논문의 ‘각각 뉴런 4096개’는 그 앞의 두 층을 말합니다. 마지막 층은 클래스마다 출력이 하나입니다.</translation>
    </message>
    <message>
        <source>A 7×7 kernel has 7 × 7 × 3 × 64 weights. Near the printed numbers are 2 × 7 × 3 × 64 and 7 × 7 × 3 × 8 + 3 × 8 × 64, as of a separable one; the paper gives none.</source>
        <translation>7×7 커널의 가중치는 7 × 7 × 3 × 64개입니다. 논문의 값에는 2 × 7 × 3 × 64나, 분리 합성곱이라면 7 × 7 × 3 × 8 + 3 × 8 × 64가 가깝지만 논문에 설명은 없습니다.</translation>
    </message>
    <message>
        <source>The printed numbers fit one another, but not the widths of the row.</source>
        <translation>논문의 두 값은 서로 맞지만, 같은 행의 채널 수와는 맞지 않습니다.</translation>
    </message>
    <message>
        <source>K is 1,024 here, as the linear layer&apos;s 1,024 × 1,000 weights show. In the other modules the numbers differ by less than one part in fifty, with biases or without.</source>
        <translation>선형 레이어의 가중치 1,024 × 1,000개에서 보듯 이 표의 K는 1,024입니다. 나머지 모듈에서는 편향을 세든 세지 않든 차이가 2 %를 넘지 않습니다.</translation>
    </message>
    <message>
        <source>The sum of table 1, which has 34 M for the first convolution; with a 7×7 kernel it has {0}.</source>
        <translation>표 1의 합이며, 표에서 첫 합성곱은 34 M입니다. 7×7 커널로 세면 첫 합성곱은 {0}입니다.</translation>
    </message>
    <message>
        <source>With 144 crops of each image; one network with one crop has 10.07% (table 3).</source>
        <translation>이미지마다 144곳을 잘라(크롭) 썼습니다. 네트워크 하나에 크롭 하나면 10.07%입니다(표 3).</translation>
    </message>
    <message>
        <source>On the longest way: 5 convolutions, 42 in the eleven modules, and the linear layer. The paper says it of Inception v2, which v3 trains otherwise; it does not say how it counts.</source>
        <translation>가장 긴 경로에 합성곱 5개, 모듈 11개 안에 42개, 선형 레이어 1개가 있습니다. 논문의 42는 Inception v2를 두고 한 말이고(v3는 학습 방법이 다름), 어떻게 셌는지는 나오지 않습니다.</translation>
    </message>
    <message>
        <source>four networks</source>
        <translation>네트워크 4개</translation>
    </message>
    <message>
        <source>table 5</source>
        <translation>표 5</translation>
    </message>
    <message>
        <source>With 144 crops of each image.</source>
        <translation>이미지마다 144곳을 잘라(크롭) 썼습니다.</translation>
    </message>
    <message>
        <source>torchvision gives a bottleneck&apos;s stride to its 3×3; in its first 1×1, as in the paper, it is {0}.</source>
        <translation>torchvision은 병목 블록의 스트라이드를 3×3에 둡니다. 논문처럼 첫 1×1에 두면 {0}입니다.</translation>
    </message>
    <message>
        <source>{0} blocks of two convolutions, the first convolution and one linear layer: 17 + 1. With those in the shortcuts there are {1} convolutions.</source>
        <translation>합성곱 두 개짜리 블록 {0}개, 첫 합성곱, 선형 레이어 하나로 17 + 1입니다. 지름길 연결의 합성곱까지 세면 합성곱은 {1}개입니다.</translation>
    </message>
    <message>
        <source>six networks</source>
        <translation>네트워크 6개</translation>
    </message>
    <message>
        <source>ResNet-152 alone has 4.49% on the validation images (table 4).</source>
        <translation>ResNet-152 하나로는 검증 이미지에서 4.49%입니다(표 4).</translation>
    </message>
    <message>
        <source>table 6</source>
        <translation>표 6</translation>
    </message>
    <message>
        <source>Error, test images</source>
        <translation>오류율, 테스트 이미지</translation>
    </message>
    <message>
        <source>The best of five runs; they average 6.61%.</source>
        <translation>다섯 번 가운데 가장 좋은 값이며 평균은 6.61%입니다.</translation>
    </message>
    <message>
        <source>The ResNet paper prints 3.8 G; here the stride is in the 3×3, as in torchvision.</source>
        <translation>ResNet 논문에는 3.8 G로 나옵니다. 여기서는 torchvision처럼 스트라이드가 3×3에 있습니다.</translation>
    </message>
    <message>
        <source>Growth rate</source>
        <translation>성장률</translation>
    </message>
    <message>
        <source>Maps that each layer adds to those before it.</source>
        <translation>각 층이 앞의 맵에 더하는 맵의 수입니다.</translation>
    </message>
    <message>
        <source>title</source>
        <translation>제목</translation>
    </message>
    <message>
        <source>The paper divides the files&apos; sizes, 240 MB by 4.8 MB.</source>
        <translation>논문은 파일 크기 240 MB를 4.8 MB로 나눕니다.</translation>
    </message>
    <message>
        <source>table 8</source>
        <translation>표 8</translation>
    </message>
    <message>
        <source>A tenth of ResNet-50.</source>
        <translation>ResNet-50의 10분의 1입니다.</translation>
    </message>
    <message>
        <source>With the stride in the first 1×1; torchvision&apos;s has {0}.</source>
        <translation>스트라이드가 첫 1×1에 있을 때의 값입니다. torchvision의 ResNet-50은 {0}입니다.</translation>
    </message>
    <message>
        <source>several networks</source>
        <translation>네트워크 여러 개</translation>
    </message>
    <message>
        <source>The winner of 2017, the last challenge.</source>
        <translation>마지막 대회인 2017년의 우승 결과입니다.</translation>
    </message>
    <message>
        <source>From epoch</source>
        <translation>시작 에포크</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>비율</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>레이어</translation>
    </message>
    <message>
        <source>Frozen tensors changed: {names}</source>
        <translation>동결한 텐서가 바뀌었습니다: {names}</translation>
    </message>
    <message>
        <source>{count} frozen tensors are unchanged, bit for bit (SHA-256 {digest}).</source>
        <translation>동결한 텐서 {count}개가 비트 단위까지 그대로입니다(SHA-256 {digest}).</translation>
    </message>
    <message>
        <source>What trained</source>
        <translation>학습한 부분</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>정확도</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>에포크</translation>
    </message>
    <message>
        <source>Most confused</source>
        <translation>가장 많이 혼동한 쌍</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>이미지 수</translation>
    </message>
    <message>
        <source>Not one image is confused.</source>
        <translation>혼동한 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>Confusion matrix (rows: true class, columns: answer)</source>
        <translation>혼동 행렬(행: 실제 클래스, 열: 예측)</translation>
    </message>
    <message>
        <source>Of {total} classes the {count} with the lowest F1 are listed.</source>
        <translation>클래스 {total}개 중 F1이 가장 낮은 {count}개를 보여 줍니다.</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>재현율</translation>
    </message>
    <message>
        <source>F1</source>
        <translation>F1</translation>
    </message>
    <message>
        <source>ROC-AUC</source>
        <translation>ROC-AUC</translation>
    </message>
    <message>
        <source>In brackets: 95 % intervals, in per cent.</source>
        <translation>괄호 안은 95 % 신뢰 구간(%)입니다.</translation>
    </message>
    <message>
        <source>Balanced accuracy</source>
        <translation>균형 정확도</translation>
    </message>
    <message>
        <source>Macro F1</source>
        <translation>매크로 F1</translation>
    </message>
    <message>
        <source>ROC-AUC (mean)</source>
        <translation>ROC-AUC(평균)</translation>
    </message>
    <message>
        <source>Average precision (mean)</source>
        <translation>평균 정밀도(AP, 클래스 평균)</translation>
    </message>
    <message>
        <source>Among the {k} most probable</source>
        <translation>상위 {k}개 안에 정답</translation>
    </message>
    <message>
        <source>Class by class</source>
        <translation>클래스별 결과</translation>
    </message>
    <message>
        <source>The network is as sure as it is right: {sure} on average.</source>
        <translation>확신도와 정확도가 평균 {sure}(으)로 서로 맞습니다.</translation>
    </message>
    <message>
        <source>On average the network is {sure} sure and right in {right} of the images: it trusts itself too much.</source>
        <translation>평균 확신도는 {sure}, 정확도는 {right}입니다. 실제보다 과신하고 있습니다.</translation>
    </message>
    <message>
        <source>On average the network is {sure} sure and right in {right} of the images: it trusts itself too little.</source>
        <translation>평균 확신도는 {sure}, 정확도는 {right}입니다. 실제보다 확신이 부족합니다.</translation>
    </message>
    <message>
        <source>Expected calibration error (ECE)</source>
        <translation>기대 보정 오차(ECE)</translation>
    </message>
    <message>
        <source>Log loss</source>
        <translation>로그 손실</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>온도</translation>
    </message>
    <message>
        <source>Probability of the answer</source>
        <translation>예측 확률</translation>
    </message>
    <message>
        <source>Share of right answers; above the bars the number of images</source>
        <translation>정답 비율(막대 위는 이미지 수)</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>보정</translation>
    </message>
    <message>
        <source>Image by image</source>
        <translation>이미지별 결과</translation>
    </message>
    <message>
        <source>What spoke for these answers (Grad-CAM)</source>
        <translation>이렇게 예측한 근거(Grad-CAM)</translation>
    </message>
    <message>
        <source>actual: {name}</source>
        <translation>실제: {name}</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>설정</translation>
    </message>
    <message>
        <source>What is off, or left to the studio, is not listed.</source>
        <translation>꺼져 있거나 자동인 설정은 생략했습니다.</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>환경</translation>
    </message>
    <message>
        <source>The same as a PyTorch script, without TLStudio</source>
        <translation>TLStudio 없이 같은 실행을 하는 PyTorch 스크립트</translation>
    </message>
    <message>
        <source>On the CPU the same line on the same images gives the same numbers, with the same versions on the same kind of processor.</source>
        <translation>CPU에서는 같은 이미지로 이 명령을 실행하면 같은 수치가 나옵니다(같은 버전, 같은 종류의 프로세서일 때).</translation>
    </message>
    <message>
        <source>How to repeat it</source>
        <translation>다시 실행하는 방법</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours}시간 {minutes}분</translation>
    </message>
    <message>
        <source>{minutes} min {seconds} s</source>
        <translation>{minutes}분 {seconds}초</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds}초</translation>
    </message>
    <message>
        <source>logger</source>
        <translation>로거</translation>
    </message>
    <message>
        <source>{title} is not installed.</source>
        <translation>{title}이(가) 설치되어 있지 않습니다.</translation>
    </message>
    <message>
        <source>Install it with: pip install &quot;tlstudio[{extra}]&quot;</source>
        <translation>다음 명령으로 설치하세요: pip install &quot;tlstudio[{extra}]&quot;</translation>
    </message>
    <message>
        <source>Temperature {temperature}: the calibration error goes from {before} % to {after} % on images that the temperature was not fitted on.</source>
        <translation>온도 {temperature}: 온도를 맞추는 데 쓰지 않은 이미지에서 보정 오차가 {before} %에서 {after} %가 됩니다.</translation>
    </message>
    <message>
        <source>Temperature {temperature} does not help: the calibration error goes from {before} % to {after} % on images that it was not fitted on.</source>
        <translation>온도 {temperature}은(는) 도움이 되지 않습니다. 온도를 맞추는 데 쓰지 않은 이미지에서 보정 오차가 {before} %에서 {after} %가 됩니다.</translation>
    </message>
    <message>
        <source>{count} images are too few to fit a temperature on: at least {least}.</source>
        <translation>이미지 {count}장은 온도를 맞추기에 너무 적습니다. 최소 {least}장이 필요합니다.</translation>
    </message>
    <message>
        <source>Use more validation images.</source>
        <translation>검증 이미지를 더 사용하세요.</translation>
    </message>
    <message>
        <source>--negatives needs training and validation images of the model&apos;s classes.</source>
        <translation>--negatives를 쓰려면 모델의 클래스에 속하는 학습 이미지와 검증 이미지가 필요합니다.</translation>
    </message>
    <message>
        <source>General</source>
        <translation>일반</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>폴더</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>저장 공간</translation>
    </message>
    <message>
        <source>Computer</source>
        <translation>컴퓨터</translation>
    </message>
    <message>
        <source>Internet</source>
        <translation>인터넷</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>개인 정보</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>언어</translation>
    </message>
    <message>
        <source>Of the window, at once; the terminal speaks English.</source>
        <translation>창에 곧바로 적용됩니다. 터미널은 영어로 말합니다.</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>시스템 설정에 따름</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>화면 모드</translation>
    </message>
    <message>
        <source>Light or dark; as the system follows it by day and night.</source>
        <translation>밝게 또는 어둡게. ‘시스템 설정에 따름’는 시스템의 밝기를 따라갑니다.</translation>
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
        <source>High contrast</source>
        <translation>고대비</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>크기</translation>
    </message>
    <message>
        <source>Of text and all else in the window, beyond what the system asks for; from the next start.</source>
        <translation>글자를 비롯한 창 전체를 시스템 설정보다 크게 보여 줍니다. 다음에 시작할 때부터 적용됩니다.</translation>
    </message>
    <message>
        <source>What is shown</source>
        <translation>표시 범위</translation>
    </message>
    <message>
        <source>Simple leaves layers and what only experts need out of sight; what was set there goes on to hold.</source>
        <translation>‘간단히’는 레이어와 전문가용 항목을 숨깁니다. 거기서 설정한 값은 그대로 유지됩니다.</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>모두</translation>
    </message>
    <message>
        <source>Simple</source>
        <translation>간단히</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>Where every run is kept with its settings, curves and weights.</source>
        <translation>모든 실행을 설정, 곡선, 가중치와 함께 보관하는 곳입니다.</translation>
    </message>
    <message>
        <source>Features</source>
        <translation>특징</translation>
    </message>
    <message>
        <source>Where kept features lie, and all else that can be made again; best on a quick disk.</source>
        <translation>저장한 특징과 다시 만들 수 있는 모든 것을 두는 곳입니다. 빠른 디스크가 좋습니다.</translation>
    </message>
    <message>
        <source>Pretrained weights</source>
        <translation>사전 학습 가중치</translation>
    </message>
    <message>
        <source>Where downloads of torchvision and timm go. The usual folders are those of torch and of the Hugging Face hub, which other programs use, too.</source>
        <translation>torchvision과 timm의 다운로드를 두는 곳입니다. 기본값은 torch와 Hugging Face 허브의 폴더이며, 다른 프로그램도 함께 사용합니다.</translation>
    </message>
    <message>
        <source>Space for features</source>
        <translation>특징에 쓸 공간</translation>
    </message>
    <message>
        <source>Those that were used longest ago give way once kept features take more.</source>
        <translation>저장한 특징이 이보다 커지면 가장 오래전에 쓴 것부터 지웁니다.</translation>
    </message>
    <message>
        <source>Space for decoded images</source>
        <translation>디코딩한 이미지에 쓸 공간</translation>
    </message>
    <message>
        <source>For images that memory has no room for, only while a run goes on; never more than a quarter of what is free.</source>
        <translation>메모리에 다 들어가지 않는 이미지를 실행 중에만 둡니다. 빈 공간의 4분의 1을 넘지 않습니다.</translation>
    </message>
    <message>
        <source>Space for runs</source>
        <translation>실행에 쓸 공간</translation>
    </message>
    <message>
        <source>Once runs take more, old ones without a star are offered for deletion. None is deleted by itself.</source>
        <translation>실행이 이보다 커지면 별표 없는 오래된 실행을 지울지 묻습니다. 저절로 지우지는 않습니다.</translation>
    </message>
    <message>
        <source>Usual device</source>
        <translation>기본 장치</translation>
    </message>
    <message>
        <source>What “Automatic” means in the settings of a run. Where it is missing, the fastest device that there is computes.</source>
        <translation>실행 설정의 ‘자동’이 뜻하는 장치입니다. 없으면 가장 빠른 장치가 계산합니다.</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>스레드</translation>
    </message>
    <message>
        <source>How many threads the processor computes with, from the next run on; 0 takes as many as there are cores. Fewer leave room for other programs.</source>
        <translation>프로세서가 계산에 쓸 스레드 수이며, 다음 실행부터 적용됩니다. 0은 코어 수만큼 씁니다. 적게 쓰면 다른 프로그램에 여유가 생깁니다.</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>다운로드</translation>
    </message>
    <message>
        <source>Pretrained weights are downloaded only when you ask for them. Switched off, nothing is, and files can still be imported.</source>
        <translation>사전 학습 가중치는 요청할 때만 다운로드합니다. 끄면 아무것도 다운로드하지 않으며, 파일은 여전히 가져올 수 있습니다.</translation>
    </message>
    <message>
        <source>Allowed</source>
        <translation>허용</translation>
    </message>
    <message>
        <source>Switched off</source>
        <translation>끔</translation>
    </message>
    <message>
        <source>HTTP proxy</source>
        <translation>HTTP 프록시</translation>
    </message>
    <message>
        <source>An address such as http://proxy:3128. Left empty, what the system says holds.</source>
        <translation>http://proxy:3128 같은 주소입니다. 비워 두면 시스템 설정을 따릅니다.</translation>
    </message>
    <message>
        <source>HTTPS proxy</source>
        <translation>HTTPS 프록시</translation>
    </message>
    <message>
        <source>Pretrained weights come by HTTPS. A name and password in the address are kept in a file that only you can read.</source>
        <translation>사전 학습 가중치는 HTTPS로 받습니다. 주소에 적은 이름과 암호는 본인만 읽을 수 있는 파일에 보관합니다.</translation>
    </message>
    <message>
        <source>Without a proxy</source>
        <translation>프록시 예외</translation>
    </message>
    <message>
        <source>Servers that are asked directly, with commas between them.</source>
        <translation>프록시 없이 직접 연결할 서버를 쉼표로 구분해 적습니다.</translation>
    </message>
    <message>
        <source>The file of your preferences cannot be read.</source>
        <translation>환경설정 파일을 읽을 수 없습니다.</translation>
    </message>
    <message>
        <source>The usual ones hold; the file is kept beside the next as “{name}”.</source>
        <translation>기본값을 사용합니다. 다음에 저장할 때 이 파일은 “{name}”(으)로 남겨 둡니다.</translation>
    </message>
    <message>
        <source>A preference is not valid: {title}.</source>
        <translation>올바르지 않은 환경설정이 있습니다: {title}.</translation>
    </message>
    <message>
        <source>Its usual value holds instead of “{value}”.</source>
        <translation>“{value}” 대신 기본값을 사용합니다.</translation>
    </message>
    <message>
        <source>Downloads are switched off in the preferences.</source>
        <translation>환경설정에서 다운로드를 꺼 두었습니다.</translation>
    </message>
    <message>
        <source>Allow them there (Edit &gt; Preferences, Internet), or download it elsewhere and import the file: {address}</source>
        <translation>환경설정(편집 &gt; 환경설정, 인터넷)에서 허용하거나, 다른 곳에서 다운로드해 파일을 가져오세요: {address}</translation>
    </message>
    <message>
        <source>“{name}” lies within the folder used until now.</source>
        <translation>“{name}”은(는) 지금까지 쓰던 폴더와 겹칩니다.</translation>
    </message>
    <message>
        <source>Writing images</source>
        <translation>이미지를 쓰는 중</translation>
    </message>
    <message>
        <source>A copy cannot lie within the dataset itself.</source>
        <translation>사본을 데이터셋 안에 둘 수 없습니다.</translation>
    </message>
    <message>
        <source>Choose a folder beside it.</source>
        <translation>다른 위치의 폴더를 고르세요.</translation>
    </message>
    <message>
        <source>Make room, or open it into a folder on another disk.</source>
        <translation>공간을 확보하거나 다른 디스크의 폴더에 여세요.</translation>
    </message>
    <message>
        <source>There is something in “{name}” already.</source>
        <translation>“{name}”에 이미 다른 것이 있습니다.</translation>
    </message>
    <message>
        <source>Choose a folder that is empty or does not exist yet.</source>
        <translation>비어 있거나 아직 없는 폴더를 고르세요.</translation>
    </message>
    <message>
        <source>The settings in “{name}” are none of this version: {why}</source>
        <translation>“{name}”의 설정은 이 버전에서 쓸 수 없습니다: {why}</translation>
    </message>
    <message>
        <source>Update TLStudio, or ask whoever made it.</source>
        <translation>TLStudio를 업데이트하거나 만든 사람에게 문의하세요.</translation>
    </message>
    <message>
        <source>“{name}” needs the network {model}, which is not known here.</source>
        <translation>“{name}”에는 네트워크 {model}이(가) 필요하지만 여기에는 없습니다.</translation>
    </message>
    <message>
        <source>“{file}” in “{name}” is not what was packed.</source>
        <translation>“{name}” 안의 “{file}”이(가) 팩에 넣은 것과 다릅니다.</translation>
    </message>
    <message>
        <source>A run is going on, in another window or on a terminal.</source>
        <translation>다른 창이나 터미널에서 실행이 진행 중입니다.</translation>
    </message>
    <message>
        <source>Move the folder once it has ended.</source>
        <translation>끝난 뒤에 폴더를 옮기세요.</translation>
    </message>
    <message>
        <source>Start it on a desktop. Without one, tlstudio-cli trains on the terminal, and QT_QPA_PLATFORM=offscreen starts a window that nobody sees.</source>
        <translation>데스크톱에서 시작하세요. 데스크톱이 없으면 tlstudio-cli로 터미널에서 학습할 수 있고, QT_QPA_PLATFORM=offscreen을 쓰면 보이지 않는 창으로 시작합니다.</translation>
    </message>
    <message>
        <source>Qt for Python is not installed, so there is no window.</source>
        <translation>Qt for Python이 설치되어 있지 않아 창을 열 수 없습니다.</translation>
    </message>
    <message>
        <source>Install TLStudio again, or only what is missing: {python} -m pip install “PySide6-Essentials&lt;6.12”. tlstudio-cli works without it.</source>
        <translation>TLStudio를 다시 설치하거나 빠진 것만 설치하세요: {python} -m pip install “PySide6-Essentials&lt;6.12”. tlstudio-cli는 없어도 동작합니다.</translation>
    </message>
    <message>
        <source>“{name}” is missing, a package that TLStudio needs.</source>
        <translation>TLStudio에 필요한 패키지 “{name}”이(가) 없습니다.</translation>
    </message>
    <message>
        <source>Install the Microsoft Visual C++ Redistributable (aka.ms/vs/17/release/vc_redist.x64.exe), or TLStudio again.</source>
        <translation>Microsoft Visual C++ 재배포 가능 패키지(aka.ms/vs/17/release/vc_redist.x64.exe)를 설치하거나 TLStudio를 다시 설치하세요.</translation>
    </message>
    <message>
        <source>A part of TLStudio cannot be loaded: {why}.</source>
        <translation>TLStudio의 일부를 불러올 수 없습니다: {why}.</translation>
    </message>
    <message>
        <source>Qt has no platform called “{name}”, as QT_QPA_PLATFORM says.</source>
        <translation>QT_QPA_PLATFORM에 적힌 “{name}”은(는) Qt에 없는 플랫폼입니다.</translation>
    </message>
    <message>
        <source>Unset QT_QPA_PLATFORM, or set it to one of these: {names}.</source>
        <translation>QT_QPA_PLATFORM을 지우거나 다음 중 하나로 정하세요: {names}.</translation>
    </message>
    <message>
        <source>Qt cannot start: {why}.</source>
        <translation>Qt를 시작할 수 없습니다: {why}.</translation>
    </message>
    <message>
        <source>The screen “{name}” cannot be reached.</source>
        <translation>화면 “{name}”에 연결할 수 없습니다.</translation>
    </message>
    <message>
        <source>There is no screen to show the window on.</source>
        <translation>창을 보여 줄 화면이 없습니다.</translation>
    </message>
    <message>
        <source>Qt needs libraries that this system lacks: {names}.</source>
        <translation>Qt에 필요한 라이브러리가 이 시스템에 없습니다: {names}.</translation>
    </message>
    <message>
        <source>On Debian and Ubuntu: sudo apt install {packages}. Elsewhere install the packages that these are in. tlstudio-cli works without them.</source>
        <translation>Debian과 Ubuntu: sudo apt install {packages}. 다른 시스템에서는 이 라이브러리가 든 패키지를 설치하세요. tlstudio-cli는 없어도 동작합니다.</translation>
    </message>
    <message>
        <source>Install the packages that these are in. tlstudio-cli works without them.</source>
        <translation>이 라이브러리가 든 패키지를 설치하세요. tlstudio-cli는 없어도 동작합니다.</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>계산</translation>
    </message>
    <message>
        <source>Chosen by itself</source>
        <translation>자동 선택</translation>
    </message>
    <message>
        <source>torch computes with</source>
        <translation>torch 연산 방식</translation>
    </message>
    <message>
        <source>Facts</source>
        <translation>정보</translation>
    </message>
    <message>
        <source>Screen</source>
        <translation>화면</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>창</translation>
    </message>
    <message>
        <source>Font</source>
        <translation>글꼴</translation>
    </message>
    <message>
        <source>There is no file “{path}”.</source>
        <translation>“{path}” 파일이 없습니다.</translation>
    </message>
    <message>
        <source>“{name}” is about none of the images of this dataset.</source>
        <translation>“{name}” 파일에 이 데이터셋의 이미지가 하나도 없습니다.</translation>
    </message>
    <message>
        <source>Open the dataset that it was written for, or a copy of it.</source>
        <translation>이 파일을 만든 데이터셋이나 그 사본을 여세요.</translation>
    </message>
    <message>
        <source>“{name}” was written by a newer TLStudio.</source>
        <translation>“{name}” 파일은 더 새로운 TLStudio에서 만든 것입니다.</translation>
    </message>
    <message>
        <source>“{name}” was made by a newer TLStudio.</source>
        <translation>“{name}”은(는) 더 새로운 TLStudio에서 만든 파일입니다.</translation>
    </message>
    <message>
        <source>Update TLStudio to open it; the file stays as it is.</source>
        <translation>열려면 TLStudio를 업데이트하세요. 파일은 그대로 둡니다.</translation>
    </message>
    <message>
        <source>“{name}” is no class pack, or was not copied to its end.</source>
        <translation>“{name}”은(는) 수업 팩이 아니거나 끝까지 복사되지 않았습니다.</translation>
    </message>
    <message>
        <source>Copy it again, or ask whoever made it.</source>
        <translation>다시 복사하거나 만든 사람에게 문의하세요.</translation>
    </message>
    <message>
        <source>“{name}” is not opened: “{file}” in it does not belong there.</source>
        <translation>“{name}”을(를) 열지 않았습니다. 안에 있는 “{file}”은(는) 수업 팩에 있을 수 없는 항목입니다.</translation>
    </message>
    <message>
        <source>Nothing was taken from it. Ask whoever made it.</source>
        <translation>아무것도 가져오지 않았습니다. 만든 사람에게 문의하세요.</translation>
    </message>
    <message>
        <source>not stated; for research and teaching</source>
        <translation>명시되지 않음(연구와 교육용)</translation>
    </message>
    <message>
        <source>for research only</source>
        <translation>연구용으로만</translation>
    </message>
    <message>
        <source>downloadable dataset</source>
        <translation>다운로드할 수 있는 데이터셋</translation>
    </message>
    <message>
        <source>The photos of PyTorch&apos;s transfer-learning tutorial: few, and hard enough.</source>
        <translation>PyTorch 전이 학습 튜토리얼의 사진입니다. 적고, 충분히 어렵습니다.</translation>
    </message>
    <message>
        <source>Tiny photos of animals and vehicles, in every textbook.</source>
        <translation>교과서마다 나오는 동물과 탈것의 작은 사진입니다.</translation>
    </message>
    <message>
        <source>As CIFAR-10, in a hundred classes of 600 photos each.</source>
        <translation>CIFAR-10과 같으며, 사진이 600장씩인 클래스가 100개입니다.</translation>
    </message>
    <message>
        <source>Grey pictures of clothes, as large as MNIST&apos;s digits.</source>
        <translation>MNIST 숫자와 크기가 같은 옷의 회색조 이미지입니다.</translation>
    </message>
    <message>
        <source>Handwritten digits and letters, as many of each.</source>
        <translation>손으로 쓴 숫자와 글자이며, 클래스마다 수가 같습니다.</translation>
    </message>
    <message>
        <source>public domain</source>
        <translation>퍼블릭 도메인</translation>
    </message>
    <message>
        <source>Photos of 25 breeds of dogs and 12 of cats.</source>
        <translation>개 25품종과 고양이 12품종의 사진입니다.</translation>
    </message>
    <message>
        <source>Photos of flowers, ten of each kind to train on.</source>
        <translation>꽃 사진이며, 학습용은 종류마다 10장입니다.</translation>
    </message>
    <message>
        <source>Photos of dishes; some training labels are wrong on purpose.</source>
        <translation>음식 사진이며, 학습 레이블 일부는 일부러 틀리게 두었습니다.</translation>
    </message>
    <message>
        <source>What land is used for, seen from the Sentinel-2 satellite.</source>
        <translation>Sentinel-2 위성에서 본 토지 이용 모습입니다.</translation>
    </message>
    <message>
        <source>Textures by the words that people have for them.</source>
        <translation>사람들이 부르는 말로 나눈 질감입니다.</translation>
    </message>
    <message>
        <source>German traffic signs; thirty frames of each sign, so keep the groups of one name together when you split.</source>
        <translation>독일 교통 표지판입니다. 표지판마다 프레임이 30장이므로, 나눌 때 이름이 같은 그룹을 함께 두세요.</translation>
    </message>
    <message>
        <source>free to use, please cite</source>
        <translation>자유롭게 사용, 인용 요청</translation>
    </message>
    <message>
        <source>There is another folder “{name}” already.</source>
        <translation>폴더 “{name}”이(가) 이미 있습니다.</translation>
    </message>
    <message>
        <source>Choose another place for the dataset, or move the folder.</source>
        <translation>데이터셋을 둘 다른 곳을 고르거나 그 폴더를 옮기세요.</translation>
    </message>
    <message>
        <source>The files of {name} are not as they used to be.</source>
        <translation>{name}의 파일이 예전과 다릅니다.</translation>
    </message>
    <message>
        <source>Download it from its own page instead: {page}</source>
        <translation>대신 해당 페이지에서 다운로드하세요: {page}</translation>
    </message>
    <message>
        <source>Changes your result</source>
        <translation>결과가 달라짐</translation>
    </message>
    <message>
        <source>Worth a look</source>
        <translation>살펴볼 만함</translation>
    </message>
    <message>
        <source>For your information</source>
        <translation>참고</translation>
    </message>
    <message>
        <source>Copies in several splits</source>
        <translation>여러 분할에 걸친 중복</translation>
    </message>
    <message>
        <source>What the network has seen in training it answers rightly later on: the accuracy is too good.</source>
        <translation>학습 때 본 이미지는 나중에 맞히기 쉬우므로 정확도가 실제보다 높게 나옵니다.</translation>
    </message>
    <message>
        <source>{count} copies of one picture in {splits}</source>
        <translation>같은 사진 {count}장이 {splits}에 있음</translation>
    </message>
    <message>
        <source>The same picture in several classes</source>
        <translation>여러 클래스에 있는 같은 사진</translation>
    </message>
    <message>
        <source>One of the classes is wrong, and the network is told both of them.</source>
        <translation>둘 중 하나는 잘못된 클래스인데 네트워크는 둘 다 배웁니다.</translation>
    </message>
    <message>
        <source>{count} copies of one picture in {class_names}</source>
        <translation>같은 사진 {count}장이 {class_names}에 있음</translation>
    </message>
    <message>
        <source>Placeholders instead of photos</source>
        <translation>사진 대신 들어간 대체 이미지</translation>
    </message>
    <message>
        <source>A picture that says “not found” is learnt as an example of its class.</source>
        <translation>‘찾을 수 없음’이라고 적힌 그림도 그 클래스의 예로 학습됩니다.</translation>
    </message>
    <message>
        <source>“{name}” looks like a placeholder: {count} images</source>
        <translation>“{name}”은(는) 대체 이미지로 보임: 이미지 {count}장</translation>
    </message>
    <message>
        <source>The class shows in the files themselves</source>
        <translation>파일 자체로 클래스가 드러남</translation>
    </message>
    <message>
        <source>Where size, format or camera tell the classes apart, a network can learn that instead of what is in the pictures, and fails on others.</source>
        <translation>크기, 형식, 카메라만으로 클래스가 구별되면 네트워크가 사진의 내용 대신 그것을 학습하여 다른 사진에서는 틀릴 수 있습니다.</translation>
    </message>
    <message>
        <source>Size, format and camera alone tell {percent} % of the classes rightly ({low}–{high}; guessing {chance} %). Most by {fact} in “{class_name}”</source>
        <translation>크기, 형식, 카메라만으로 클래스의 {percent} %를 맞힘({low}–{high}, 무작위 추측 {chance} %). 가장 두드러진 것은 “{class_name}”의 {fact}</translation>
    </message>
    <message>
        <source>The class shows in light, blur or background</source>
        <translation>밝기, 흐림, 배경으로 클래스가 드러남</translation>
    </message>
    <message>
        <source>Where a class was photographed otherwise than the rest, a network can learn that instead of what is in the pictures.</source>
        <translation>한 클래스만 다르게 촬영되었으면 네트워크가 사진의 내용 대신 그것을 학습할 수 있습니다.</translation>
    </message>
    <message>
        <source>Brightness, contrast, sharpness and border colour alone tell {percent} % of the classes rightly ({low}–{high}; guessing {chance} %). Most by {fact} in “{class_name}”</source>
        <translation>밝기, 대비, 선명도, 테두리 색만으로 클래스의 {percent} %를 맞힘({low}–{high}, 무작위 추측 {chance} %). 가장 두드러진 것은 “{class_name}”의 {fact}</translation>
    </message>
    <message>
        <source>Photos that are half grey</source>
        <translation>일부가 회색인 사진</translation>
    </message>
    <message>
        <source>A part of the file is missing; the reader fills the rest with grey.</source>
        <translation>파일 일부가 없어 나머지가 회색으로 채워집니다.</translation>
    </message>
    <message>
        <source>{percent} % of “{name}” are a grey end</source>
        <translation>“{name}”의 {percent} %가 회색으로 끝남</translation>
    </message>
    <message>
        <source>Perhaps of another class</source>
        <translation>다른 클래스일 수 있음</translation>
    </message>
    <message>
        <source>A simple classifier that has not seen the image takes it for another class. Often it is right, often the image is only unusual: look at each one.</source>
        <translation>이 이미지를 보지 않은 간단한 분류기가 다른 클래스로 판단합니다. 맞을 때도 있고 이미지가 특이할 뿐일 때도 있으니 하나씩 살펴보세요.</translation>
    </message>
    <message>
        <source>“{name}” is in “{class_name}” ({percent} %), and rather looks like “{suggested}” ({suggested_percent} %)</source>
        <translation>“{name}”은(는) “{class_name}”에 있지만({percent} %) “{suggested}”에 더 가까움({suggested_percent} %)</translation>
    </message>
    <message>
        <source>Unlike all other images</source>
        <translation>다른 모든 이미지와 다름</translation>
    </message>
    <message>
        <source>It may be there by mistake, or be the only one of its kind.</source>
        <translation>실수로 들어갔거나 이런 이미지가 하나뿐일 수 있습니다.</translation>
    </message>
    <message>
        <source>“{name}” is {times} times as far from its neighbours as is usual</source>
        <translation>“{name}”은(는) 이웃과의 거리가 보통의 {times}배</translation>
    </message>
    <message>
        <source>Exact copies</source>
        <translation>똑같은 파일</translation>
    </message>
    <message>
        <source>The same file several times counts several times.</source>
        <translation>같은 파일이 여러 번 있으면 여러 번 세어집니다.</translation>
    </message>
    <message>
        <source>{count} times the same file in “{class_name}”</source>
        <translation>“{class_name}”에 같은 파일 {count}개</translation>
    </message>
    <message>
        <source>Nearly the same picture</source>
        <translation>거의 같은 사진</translation>
    </message>
    <message>
        <source>Saved again, cropped, turned, mirrored, or taken a moment later: they count several times, and belong in one split.</source>
        <translation>다시 저장했거나, 잘랐거나, 돌렸거나, 뒤집었거나, 잠시 뒤에 찍은 사진입니다. 여러 번 세어지며 한 분할에 있어야 합니다.</translation>
    </message>
    <message>
        <source>{count} times nearly the same picture in “{class_name}”</source>
        <translation>“{class_name}”에 거의 같은 사진 {count}장</translation>
    </message>
    <message>
        <source>Blank images</source>
        <translation>빈 이미지</translation>
    </message>
    <message>
        <source>There is nothing to learn from one single colour.</source>
        <translation>한 가지 색뿐이라 배울 것이 없습니다.</translation>
    </message>
    <message>
        <source>“{name}” has a single colour</source>
        <translation>“{name}”은(는) 한 가지 색</translation>
    </message>
    <message>
        <source>Very dark images</source>
        <translation>아주 어두운 이미지</translation>
    </message>
    <message>
        <source>Little can be seen on them.</source>
        <translation>보이는 것이 거의 없습니다.</translation>
    </message>
    <message>
        <source>The brightest parts of “{name}” reach {percent} % of white</source>
        <translation>“{name}”의 가장 밝은 부분이 흰색의 {percent} %</translation>
    </message>
    <message>
        <source>Very bright images</source>
        <translation>아주 밝은 이미지</translation>
    </message>
    <message>
        <source>The darkest parts of “{name}” are at {percent} % of white</source>
        <translation>“{name}”의 가장 어두운 부분이 흰색의 {percent} %</translation>
    </message>
    <message>
        <source>Blurry images</source>
        <translation>흐린 이미지</translation>
    </message>
    <message>
        <source>Without edges there is little to tell classes apart by.</source>
        <translation>윤곽이 없으면 클래스를 구별할 단서가 거의 없습니다.</translation>
    </message>
    <message>
        <source>“{name}” has hardly an edge (sharpness {sharpness})</source>
        <translation>“{name}”에 윤곽이 거의 없음(선명도 {sharpness})</translation>
    </message>
    <message>
        <source>Much smaller than the others</source>
        <translation>다른 것보다 훨씬 작음</translation>
    </message>
    <message>
        <source>They are enlarged for the network, and look unlike the rest.</source>
        <translation>네트워크에 넣을 때 확대되어 나머지와 다르게 보입니다.</translation>
    </message>
    <message>
        <source>“{name}” is {width} × {height}, usual are {usual} pixels</source>
        <translation>“{name}”은(는) {width} × {height}, 보통은 {usual} 픽셀</translation>
    </message>
    <message>
        <source>Very long or very tall</source>
        <translation>아주 길쭉한 이미지</translation>
    </message>
    <message>
        <source>The network sees a square of it: most of it is cut off.</source>
        <translation>네트워크는 정사각형만 보므로 대부분이 잘려 나갑니다.</translation>
    </message>
    <message>
        <source>“{name}” is {width} × {height}</source>
        <translation>“{name}”은(는) {width} × {height}</translation>
    </message>
    <message>
        <source>Classes of very different size</source>
        <translation>클래스 불균형</translation>
    </message>
    <message>
        <source>The accuracy says little about small classes: look at each class, and weigh the classes in training.</source>
        <translation>정확도만으로는 작은 클래스를 알 수 없습니다. 클래스별로 살펴보고 학습에서 클래스 가중치를 쓰세요.</translation>
    </message>
    <message>
        <source>“{class_name}” has {count} training images, “{largest}” has {largest_count}</source>
        <translation>“{class_name}”의 학습 이미지는 {count}장, “{largest}”은(는) {largest_count}장</translation>
    </message>
    <message>
        <source>Files that are not used</source>
        <translation>쓰이지 않는 파일</translation>
    </message>
    <message>
        <source>They are left out of everything, so they change no result.</source>
        <translation>아무 데도 쓰이지 않으므로 결과는 달라지지 않습니다.</translation>
    </message>
    <message>
        <source>{count} files: {reason}</source>
        <translation>파일 {count}개: {reason}</translation>
    </message>
    <message>
        <source>This is fine</source>
        <translation>문제없음</translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation>제외</translation>
    </message>
    <message>
        <source>Leave out of training</source>
        <translation>학습에서 제외</translation>
    </message>
    <message>
        <source>Keep one of them</source>
        <translation>하나만 남기기</translation>
    </message>
    <message>
        <source>Keep in one split</source>
        <translation>한 분할에 두기</translation>
    </message>
    <message>
        <source>Move to the likelier class</source>
        <translation>더 그럴듯한 클래스로 옮기기</translation>
    </message>
    <message>
        <source>The features of the images were not computed.</source>
        <translation>이미지의 특징을 계산하지 않았습니다.</translation>
    </message>
    <message>
        <source>Made on {count} of {total} images, drawn by chance.</source>
        <translation>이미지 {total}장 중 무작위로 뽑은 {count}장으로 확인했습니다.</translation>
    </message>
    <message>
        <source>Crops were looked for in the {count} most alike of {total} pairs.</source>
        <translation>{total}쌍 중 가장 비슷한 {count}쌍에서 잘린 사진을 찾았습니다.</translation>
    </message>
    <message>
        <source>There are too few images for it.</source>
        <translation>이미지가 너무 적습니다.</translation>
    </message>
    <message>
        <source>All images are so alike that their fingerprints do not tell them apart.</source>
        <translation>모든 이미지가 매우 비슷해서 지문으로 구별되지 않습니다.</translation>
    </message>
    <message>
        <source>A simple classifier would put {percent} % of the images elsewhere: it cannot tell these classes apart.</source>
        <translation>간단한 분류기는 이미지의 {percent} %를 다른 클래스로 판단합니다. 이 클래스들을 구별하지 못합니다.</translation>
    </message>
    <message>
        <source>{percent} % of the images are so: it belongs to this dataset.</source>
        <translation>이미지의 {percent} %가 이러하므로 이 데이터셋의 특성입니다.</translation>
    </message>
    <message>
        <source>Comparing images</source>
        <translation>이미지를 비교하는 중</translation>
    </message>
    <message>
        <source>Asking a simple classifier</source>
        <translation>간단한 분류기로 확인하는 중</translation>
    </message>
    <message>
        <source>Looking at the files</source>
        <translation>파일을 살펴보는 중</translation>
    </message>
    <message>
        <source>Looking at light and sharpness</source>
        <translation>밝기와 선명도를 살펴보는 중</translation>
    </message>
    <message>
        <source>Comparing classes</source>
        <translation>클래스를 비교하는 중</translation>
    </message>
    <message>
        <source>Looking at the images</source>
        <translation>이미지를 살펴보는 중</translation>
    </message>
    <message>
        <source>the number of pixels</source>
        <translation>픽셀 수</translation>
    </message>
    <message>
        <source>the shape</source>
        <translation>가로세로 비율</translation>
    </message>
    <message>
        <source>bytes per pixel</source>
        <translation>픽셀당 바이트</translation>
    </message>
    <message>
        <source>the file format</source>
        <translation>파일 형식</translation>
    </message>
    <message>
        <source>the colour mode</source>
        <translation>색상 모드</translation>
    </message>
    <message>
        <source>the camera</source>
        <translation>카메라</translation>
    </message>
    <message>
        <source>the brightness</source>
        <translation>밝기</translation>
    </message>
    <message>
        <source>the contrast</source>
        <translation>대비</translation>
    </message>
    <message>
        <source>the sharpness</source>
        <translation>선명도</translation>
    </message>
    <message>
        <source>the background</source>
        <translation>배경</translation>
    </message>
    <message>
        <source>“{value}” is no range of values.</source>
        <translation>“{value}”은(는) 값 범위가 아닙니다.</translation>
    </message>
    <message>
        <source>Give two numbers, as in 0,4095, or one of {names}.</source>
        <translation>0,4095처럼 두 수를 입력하거나 {names} 중 하나를 입력하세요.</translation>
    </message>
    <message>
        <source>All values of the type</source>
        <translation>자료형의 모든 값</translation>
    </message>
    <message>
        <source>Least to greatest value</source>
        <translation>최솟값부터 최댓값까지</translation>
    </message>
    <message>
        <source>Without extremes (99 %)</source>
        <translation>극단값 제외(99 %)</translation>
    </message>
    <message>
        <source>CT: lung</source>
        <translation>CT: 폐</translation>
    </message>
    <message>
        <source>CT: bone</source>
        <translation>CT: 뼈</translation>
    </message>
    <message>
        <source>CT: soft tissue</source>
        <translation>CT: 연부 조직</translation>
    </message>
    <message>
        <source>CT: brain</source>
        <translation>CT: 뇌</translation>
    </message>
    <message>
        <source>{count} images have more than 256 levels of grey: {low} is shown as black, {high} as white.</source>
        <translation>이미지 {count}장의 회색조가 256단계보다 많습니다. {low}은(는) 검은색, {high}은(는) 흰색으로 표시합니다.</translation>
    </message>
    <message>
        <source>cut to {share} %</source>
        <translation>{share} %로 자름</translation>
    </message>
    <message>
        <source>moved by {x}, {y} px</source>
        <translation>{x}, {y}px 이동</translation>
    </message>
    <message>
        <source>rotated {degrees}°</source>
        <translation>{degrees}° 회전</translation>
    </message>
    <message>
        <source>mirrored</source>
        <translation>좌우 반전</translation>
    </message>
    <message>
        <source>upside down</source>
        <translation>상하 반전</translation>
    </message>
    <message>
        <source>sheared sideways {by} %</source>
        <translation>가로로 {by} % 기울임</translation>
    </message>
    <message>
        <source>sheared upright {by} %</source>
        <translation>세로로 {by} % 기울임</translation>
    </message>
    <message>
        <source>moved sideways {by} px</source>
        <translation>가로로 {by}px 이동</translation>
    </message>
    <message>
        <source>moved down {by} px</source>
        <translation>세로로 {by}px 이동</translation>
    </message>
    <message>
        <source>brightness {by} %</source>
        <translation>밝기 {by} %</translation>
    </message>
    <message>
        <source>saturation {by} %</source>
        <translation>채도 {by} %</translation>
    </message>
    <message>
        <source>contrast {by} %</source>
        <translation>대비 {by} %</translation>
    </message>
    <message>
        <source>sharpness {by} %</source>
        <translation>선명도 {by} %</translation>
    </message>
    <message>
        <source>hue {by} %</source>
        <translation>색조 {by} %</translation>
    </message>
    <message>
        <source>{bits} bits a colour</source>
        <translation>색당 {bits}비트</translation>
    </message>
    <message>
        <source>inverted from {level} on</source>
        <translation>{level} 이상 반전</translation>
    </message>
    <message>
        <source>contrast stretched</source>
        <translation>대비 자동 조정</translation>
    </message>
    <message>
        <source>brightness evened out</source>
        <translation>밝기 평활화</translation>
    </message>
    <message>
        <source>blurred by {sigma} px</source>
        <translation>{sigma}px 흐림</translation>
    </message>
    <message>
        <source>{share} % erased</source>
        <translation>{share} % 지움</translation>
    </message>
    <message>
        <source>“{name}” is no pickle of images and labels, or is damaged.</source>
        <translation>“{name}”은(는) 이미지와 레이블이 담긴 pickle 파일이 아니거나 손상되었습니다.</translation>
    </message>
    <message>
        <source>It was only looked at: nothing in it was run. Download or copy it again.</source>
        <translation>내용을 읽기만 했고 아무것도 실행하지 않았습니다. 다시 다운로드하거나 다시 복사하세요.</translation>
    </message>
    <message>
        <source>There are several datasets in “{name}”: {sets}.</source>
        <translation>“{name}”에 데이터셋이 여러 개 있습니다: {sets}.</translation>
    </message>
    <message>
        <source>Open the file of training images of one of them.</source>
        <translation>그중 하나의 학습 이미지 파일을 여세요.</translation>
    </message>
    <message>
        <source>The labels for “{name}” are missing.</source>
        <translation>“{name}”의 레이블이 없습니다.</translation>
    </message>
    <message>
        <source>They belong in a file “{wanted}” beside it.</source>
        <translation>같은 폴더의 “{wanted}” 파일에 있어야 합니다.</translation>
    </message>
    <message>
        <source>“{name}” has {images} images, but {labels} labels.</source>
        <translation>“{name}”에는 이미지가 {images}개인데 레이블은 {labels}개입니다.</translation>
    </message>
    <message>
        <source>The two files do not belong together, or one is damaged.</source>
        <translation>두 파일이 짝이 아니거나, 그중 하나가 손상되었습니다.</translation>
    </message>
    <message>
        <source>“{name}” holds no images of whole numbers from 0 to 255.</source>
        <translation>“{name}”에는 0부터 255까지의 정수로 된 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>Save them as PNG files in one folder per class instead.</source>
        <translation>대신 클래스마다 폴더를 만들어 PNG 파일로 저장하세요.</translation>
    </message>
    <message>
        <source>There are no training images in “{name}”.</source>
        <translation>“{name}”에 학습 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>{count} images have no label and are left out.</source>
        <translation>레이블이 없는 이미지 {count}개는 제외했습니다.</translation>
    </message>
    <message>
        <source>Files of the dataset that are missing: {names}.</source>
        <translation>데이터셋에서 빠진 파일: {names}.</translation>
    </message>
    <message>
        <source>“{name}” has the label {label}, but only {count} names.</source>
        <translation>“{name}”에 레이블 {label}이(가) 있지만 이름은 {count}개뿐입니다.</translation>
    </message>
    <message>
        <source>“{name}” cannot be read: {why}.</source>
        <translation>“{name}”을(를) 읽을 수 없습니다: {why}.</translation>
    </message>
    <message>
        <source>Choose a text file that is still there.</source>
        <translation>아직 있는 텍스트 파일을 고르세요.</translation>
    </message>
    <message>
        <source>“{name}” is too large: {most} MB are read at most.</source>
        <translation>“{name}”: 너무 큽니다. {most} MB까지만 읽습니다.</translation>
    </message>
    <message>
        <source>Choose another file, or split this one.</source>
        <translation>다른 파일을 고르거나 이 파일을 나누세요.</translation>
    </message>
    <message>
        <source>“{name}” is no text file.</source>
        <translation>“{name}”: 텍스트 파일이 아닙니다.</translation>
    </message>
    <message>
        <source>Save it as plain text in UTF-8.</source>
        <translation>UTF-8 일반 텍스트로 저장하세요.</translation>
    </message>
    <message>
        <source>“{name}” is damaged or cut off.</source>
        <translation>“{name}” 파일이 손상되었거나 중간에 잘렸습니다.</translation>
    </message>
    <message>
        <source>Download or copy it again.</source>
        <translation>다시 다운로드하거나 다시 복사하세요.</translation>
    </message>
    <message>
        <source>“{name}” is larger than can be unpacked here.</source>
        <translation>“{name}”의 압축을 풀기에는 공간이 부족합니다.</translation>
    </message>
    <message>
        <source>Unpack it yourself and open the folder, or allow more space for decoded images in the preferences.</source>
        <translation>직접 압축을 푼 뒤 폴더를 열거나, 환경설정에서 디코딩한 이미지에 쓸 공간을 늘리세요.</translation>
    </message>
    <message>
        <source>{total} images are too few for {folds} folds.</source>
        <translation>이미지 {total}장은 {folds}개 폴드로 나누기에 너무 적습니다.</translation>
    </message>
    <message>
        <source>Each fold needs two images, and each class as well. Take fewer folds.</source>
        <translation>폴드마다, 그리고 클래스마다 이미지가 두 장 이상 필요합니다. 폴드 수를 줄이세요.</translation>
    </message>
    <message>
        <source>{asked} images to validate and test with are too many of {total}.</source>
        <translation>전체 {total}장 가운데 {asked}장을 검증과 시험에 쓰기에는 너무 많습니다.</translation>
    </message>
    <message>
        <source>Every class needs at least one image to train with.</source>
        <translation>클래스마다 학습 이미지가 한 장 이상 필요합니다.</translation>
    </message>
    <message>
        <source>The groups are too few or too large to split every class.</source>
        <translation>그룹이 너무 적거나 너무 커서 모든 클래스를 나눌 수 없습니다.</translation>
    </message>
    <message>
        <source>A class that is a single group can&apos;t be in training and validation at once. Group by something else, or not at all.</source>
        <translation>그룹이 하나뿐인 클래스는 학습과 검증에 동시에 있을 수 없습니다. 다른 기준으로 묶거나 묶지 마세요.</translation>
    </message>
    <message>
        <source>“{name}”, line {line}: “{value}” is no split.</source>
        <translation>“{name}” {line}번째 줄: “{value}”은(는) 분할 이름이 아닙니다.</translation>
    </message>
    <message>
        <source>It must be train, val or test.</source>
        <translation>train, val, test 중 하나여야 합니다.</translation>
    </message>
    <message>
        <source>Its paths must begin in the dataset&apos;s folder.</source>
        <translation>경로는 데이터셋 폴더에서 시작해야 합니다.</translation>
    </message>
    <message>
        <source>“{name}” cannot be read as text in UTF-8.</source>
        <translation>“{name}” 파일을 UTF-8 텍스트로 읽을 수 없습니다.</translation>
    </message>
    <message>
        <source>A question has the lines “Q: …” and “A: true” or “A: false”; “Why: …” may follow.</source>
        <translation>문제는 “문제: …” 줄과 “답: 참” 또는 “답: 거짓” 줄로 이루어지며, “이유: …” 줄이 이어질 수 있습니다.</translation>
    </message>
    <message>
        <source>“{name}” holds no questions.</source>
        <translation>“{name}”에 문제가 없습니다.</translation>
    </message>
    <message>
        <source>“{name}” holds more than {most} questions.</source>
        <translation>“{name}”에 문제가 {most}개보다 많습니다.</translation>
    </message>
    <message>
        <source>“{name}”, line {line}: it belongs to no question.</source>
        <translation>“{name}” {line}번째 줄: 어느 문제에도 속하지 않습니다.</translation>
    </message>
    <message>
        <source>“{name}”, line {line}: the question has this line already.</source>
        <translation>“{name}” {line}번째 줄: 그 문제에 이미 있는 줄입니다.</translation>
    </message>
    <message>
        <source>“{name}”, line {line}: the question says nothing.</source>
        <translation>“{name}” {line}번째 줄: 문제의 내용이 없습니다.</translation>
    </message>
    <message>
        <source>“{name}”, line {line}: the question has no answer.</source>
        <translation>“{name}” {line}번째 줄: 문제에 답이 없습니다.</translation>
    </message>
    <message>
        <source>“{name}”, line {line}: the answer must be true or false, not “{value}”.</source>
        <translation>“{name}” {line}번째 줄: 답은 “{value}”이(가) 아니라 참 또는 거짓이어야 합니다.</translation>
    </message>
    <message>
        <source>“{name}”, line {line}: it is longer than {most} characters.</source>
        <translation>“{name}” {line}행: {most}자보다 깁니다.</translation>
    </message>
    <message>
        <source>“{name}”, line {line}: “{value}” leads nowhere.</source>
        <translation>“{name}” {line}번째 줄: “{value}”(이)라는 곳이 없습니다.</translation>
    </message>
    <message>
        <source>Places are such as paper/vgg, train/advice, model/picture: vgg16, and lesson/ with one of {lessons}.</source>
        <translation>paper/vgg, train/advice, model/picture: vgg16처럼 쓰거나, lesson/ 뒤에 다음 이름 중 하나를 씁니다: {lessons}.</translation>
    </message>
    <message>
        <source>“{name}” has no columns “image” and “split”.</source>
        <translation>“{name}” 파일에 “image” 열과 “split” 열이 없습니다.</translation>
    </message>
    <message>
        <source>Its first line must be: image,class,split,group</source>
        <translation>첫 줄은 image,class,split,group이어야 합니다.</translation>
    </message>
    <message>
        <source>Each folder is a class: {names}.</source>
        <translation>폴더 하나가 한 클래스입니다: {names}.</translation>
    </message>
    <message>
        <source>The folders inside are the classes: {names}.</source>
        <translation>안쪽 폴더가 클래스입니다: {names}.</translation>
    </message>
    <message>
        <source>“{name}” holds several datasets: {names}.</source>
        <translation>“{name}”에 데이터셋이 여러 개 있습니다: {names}.</translation>
    </message>
    <message>
        <source>Open one of them.</source>
        <translation>그중 하나를 여세요.</translation>
    </message>
    <message>
        <source>“{name}” is the dataset; not part of it: {names}.</source>
        <translation>“{name}” 폴더가 데이터셋이고, {names}: 여기에 속하지 않습니다.</translation>
    </message>
    <message>
        <source>“{name}” holds the dataset “{inner}” among {count} images that are not part of it.</source>
        <translation>“{name}”에는 데이터셋 “{inner}” 말고도 데이터셋에 속하지 않는 이미지가 {count}장 있습니다.</translation>
    </message>
    <message>
        <source>Open “{inner}” instead.</source>
        <translation>대신 “{inner}”을(를) 여세요.</translation>
    </message>
    <message>
        <source>{names} are read as one class, “{name}”.</source>
        <translation>{names}: 한 클래스 “{name}”(으)로 읽습니다.</translation>
    </message>
    <message>
        <source>It was moved or removed; make a new one.</source>
        <translation>옮겨졌거나 제거되었습니다. 새로 만드세요.</translation>
    </message>
    <message>
        <source>Choose another name, or add images to that folder.</source>
        <translation>다른 이름을 고르거나 그 폴더에 이미지를 추가하세요.</translation>
    </message>
    <message>
        <source>There is another “{name}” already.</source>
        <translation>“{name}”이(가) 이미 있습니다.</translation>
    </message>
    <message>
        <source>Move or rename it first.</source>
        <translation>먼저 옮기거나 이름을 바꾸세요.</translation>
    </message>
    <message>
        <source>“{name}” cannot be the name of a class.</source>
        <translation>“{name}”은(는) 클래스 이름이 될 수 없습니다.</translation>
    </message>
    <message>
        <source>It is a folder’s name: without &lt; &gt; : &quot; / \ | ? *, and no dot at its start.</source>
        <translation>폴더 이름이므로 &lt; &gt; : &quot; / \ | ? *을(를) 쓸 수 없고, 점으로 시작할 수 없습니다.</translation>
    </message>
    <message>
        <source>There is a class “{name}” already.</source>
        <translation>클래스 “{name}”이(가) 이미 있습니다.</translation>
    </message>
    <message>
        <source>Choose another name, or put the images into that one.</source>
        <translation>다른 이름을 고르거나 그 클래스에 이미지를 넣으세요.</translation>
    </message>
    <message>
        <source>There are no findings called “{name}”.</source>
        <translation>“{name}”이라는 점검 결과는 없습니다.</translation>
    </message>
    <message>
        <source>There are {names}.</source>
        <translation>있는 것: {names}</translation>
    </message>
    <message>
        <source>Findings of “{kind}” have no remedy called “{name}”.</source>
        <translation>“{kind}”에는 “{name}”이라는 조치가 없습니다.</translation>
    </message>
    <message>
        <source>others</source>
        <translation>기타</translation>
    </message>
    <message>
        <source>Shorter side, pixels</source>
        <translation>짧은 변, 픽셀</translation>
    </message>
    <message>
        <source>Width to height</source>
        <translation>가로세로 비율</translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation>밝기</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>대비</translation>
    </message>
    <message>
        <source>Size of the file</source>
        <translation>파일 크기</translation>
    </message>
    <message>
        <source>File format</source>
        <translation>파일 형식</translation>
    </message>
    <message>
        <source>Taken on</source>
        <translation>촬영일</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>카메라</translation>
    </message>
    <message>
        <source>No column of “{name}” says the classes.</source>
        <translation>“{name}”에 클래스를 적은 열이 없습니다.</translation>
    </message>
    <message>
        <source>Its columns are: {columns}. Choose one of them.</source>
        <translation>열: {columns}. 이 중 하나를 고르세요.</translation>
    </message>
    <message>
        <source>“{name}” gives one image several classes: {classes} (row {row}).</source>
        <translation>“{name}”에 한 이미지의 클래스가 여러 개 적혀 있습니다: {classes} ({row}행).</translation>
    </message>
    <message>
        <source>A network is trained here to choose one class an image. Keep the rows with one class, or choose one column as the class.</source>
        <translation>여기서는 이미지마다 클래스 하나를 고르도록 학습합니다. 클래스가 하나인 행만 남기거나, 클래스로 쓸 열을 하나 고르세요.</translation>
    </message>
    <message>
        <source>“{name}” has no column “{column}”.</source>
        <translation>“{name}”에 “{column}” 열이 없습니다.</translation>
    </message>
    <message>
        <source>“{name}” has more than {most} results.</source>
        <translation>“{name}”: 결과가 {most}개보다 많습니다.</translation>
    </message>
    <message>
        <source>Open results-imagenet.csv from the folder “results” of timm&apos;s repository.</source>
        <translation>timm 저장소의 “results” 폴더에 있는 results-imagenet.csv를 여세요.</translation>
    </message>
    <message>
        <source>Line {line} of “{name}” is not a result in per cent.</source>
        <translation>“{name}”의 {line}번째 줄은 퍼센트로 된 결과가 아닙니다.</translation>
    </message>
    <message>
        <source>Its columns are: {columns}.</source>
        <translation>열: {columns}.</translation>
    </message>
    <message>
        <source>No column of “{name}” names images that are there.</source>
        <translation>“{name}”에 실제로 있는 이미지를 가리키는 열이 없습니다.</translation>
    </message>
    <message>
        <source>Paths count from the folder of the table. Its columns are: {columns}.</source>
        <translation>경로는 표가 있는 폴더를 기준으로 합니다. 열: {columns}.</translation>
    </message>
    <message>
        <source>The table names it, but there is no such file.</source>
        <translation>표에는 있지만 그런 파일이 없습니다.</translation>
    </message>
    <message>
        <source>The table names it, but several files are called so.</source>
        <translation>표에는 있지만 같은 이름의 파일이 여러 개입니다.</translation>
    </message>
    <message>
        <source>column {number}</source>
        <translation>열 {number}</translation>
    </message>
    <message>
        <source>“{name}” holds the images themselves, not their paths.</source>
        <translation>“{name}”에는 이미지의 경로가 아니라 이미지 자체가 들어 있습니다.</translation>
    </message>
    <message>
        <source>“{name}” is no list of images and classes.</source>
        <translation>“{name}”은(는) 이미지와 클래스의 목록이 아닙니다.</translation>
    </message>
    <message>
        <source>Save it as a CSV file with a row for each image.</source>
        <translation>이미지마다 한 행씩 있는 CSV 파일로 저장하세요.</translation>
    </message>
    <message>
        <source>“{name}” is a spreadsheet, which is not read here.</source>
        <translation>“{name}”은(는) 스프레드시트라서 읽을 수 없습니다.</translation>
    </message>
    <message>
        <source>Reading “{name}” needs the library pyarrow.</source>
        <translation>“{name}”을(를) 읽으려면 pyarrow 라이브러리가 필요합니다.</translation>
    </message>
    <message>
        <source>Install it (pip install pyarrow), or save the table as a CSV file.</source>
        <translation>pyarrow를 설치하거나(pip install pyarrow) 표를 CSV 파일로 저장하세요.</translation>
    </message>
    <message>
        <source>The table “{name}” is too large.</source>
        <translation>표 “{name}”이(가) 너무 큽니다.</translation>
    </message>
    <message>
        <source>At most 5 million rows and 256 MB can be read.</source>
        <translation>최대 500만 행, 256 MB까지 읽을 수 있습니다.</translation>
    </message>
    <message>
        <source>The table says no class for it.</source>
        <translation>표에 클래스가 적혀 있지 않습니다.</translation>
    </message>
    <message>
        <source>The table says no split for it.</source>
        <translation>표에 분할이 적혀 있지 않습니다.</translation>
    </message>
    <message>
        <source>The table names it several times, in other classes.</source>
        <translation>표에 여러 번, 서로 다른 클래스로 적혀 있습니다.</translation>
    </message>
    <message>
        <source>The table does not name it.</source>
        <translation>표에 없는 이미지입니다.</translation>
    </message>
    <message>
        <source>There are several tables in “{name}”: {names}.</source>
        <translation>“{name}”에 표가 여러 개 있습니다: {names}.</translation>
    </message>
    <message>
        <source>The table “{name}” has no rows.</source>
        <translation>표 “{name}”에 행이 없습니다.</translation>
    </message>
    <message>
        <source>The first one is “{first}”; there are no images around the table.</source>
        <translation>첫 행은 “{first}”이고, 표 주변에 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>The first one is “{first}”; files are called “{file}”.</source>
        <translation>첫 행은 “{first}”이고, 파일 이름은 “{file}” 같은 모양입니다.</translation>
    </message>
    <message>
        <source>Rows of the table whose images are not there: {count}.</source>
        <translation>표에 있지만 이미지가 없는 행: {count}개.</translation>
    </message>
    <message>
        <source>Rows of the table that may mean several images: {count}.</source>
        <translation>어느 이미지인지 하나로 정할 수 없는 행: {count}개.</translation>
    </message>
    <message>
        <source>Images to which the table gives no class, not used: {count}.</source>
        <translation>표에 클래스가 없어 쓰지 않는 이미지: {count}개.</translation>
    </message>
    <message>
        <source>Images to which the table gives no split, not used: {count}.</source>
        <translation>표에 분할이 없어 쓰지 않는 이미지: {count}개.</translation>
    </message>
    <message>
        <source>Images to which the table gives several classes, not used: {count}.</source>
        <translation>표에 클래스가 여러 개라 쓰지 않는 이미지: {count}개.</translation>
    </message>
    <message>
        <source>Images that the table does not name, not used: {count}.</source>
        <translation>표에 없어 쓰지 않는 이미지: {count}개.</translation>
    </message>
    <message>
        <source>{more} more images of each class would bring about {points} points of accuracy ({low} to {high}).</source>
        <translation>클래스마다 이미지가 {more}장 더 있으면 정확도가 약 {points}%p({low}~{high}) 오릅니다.</translation>
    </message>
    <message>
        <source>{more} more images of each class would bring less than half a point of accuracy ({low} to {high} points).</source>
        <translation>클래스마다 이미지가 {more}장 더 있어도 정확도가 오르는 폭은 0.5%p 미만으로 보입니다({low}~{high}%p).</translation>
    </message>
    <message>
        <source>There are too few images to tell: each class needs {fewest} to learn from and to measure on.</source>
        <translation>이미지가 너무 적어 알 수 없습니다. 클래스마다 학습할 이미지와 잴 이미지가 {fewest}장씩 필요합니다.</translation>
    </message>
    <message>
        <source>{name}: about {points} points ({low} to {high}).</source>
        <translation>{name}: 약 {points}%p({low}~{high}).</translation>
    </message>
    <message>
        <source>{names}: less than half a point.</source>
        <translation>{names}: 0.5%p 미만.</translation>
    </message>
    <message>
        <source>{names}: fewer than {fewest} images, too few to tell.</source>
        <translation>{names}: 이미지가 {fewest}장 미만이라 알 수 없습니다.</translation>
    </message>
    <message>
        <source>Measured on {images} images, each of them once, by a network that has not learned from it; after the last epoch.</source>
        <translation>이미지 {images}장을, 그 이미지로 학습하지 않은 네트워크로 한 번씩 측정했습니다(마지막 에포크 기준).</translation>
    </message>
    <message>
        <source>Accuracy {accuracy}% in one fold.</source>
        <translation>폴드 하나의 정확도 {accuracy}%.</translation>
    </message>
    <message>
        <source>Accuracy {accuracy}% (from {low} to {high}%): mean and 95% interval over {folds} folds.</source>
        <translation>정확도 {accuracy}%({low}~{high}%): 폴드 {folds}개의 평균과 95% 구간입니다.</translation>
    </message>
    <message>
        <source>The folds share most of their training images, so the interval is rather too narrow.</source>
        <translation>폴드끼리 학습 이미지를 대부분 공유하므로 구간은 실제보다 좁은 편입니다.</translation>
    </message>
    <message>
        <source>The network cannot be written as ONNX: {why}</source>
        <translation>네트워크를 ONNX로 저장할 수 없습니다: {why}</translation>
    </message>
    <message>
        <source>The export cannot be used by {runtime}: {why}</source>
        <translation>내보낸 파일을 {runtime}에서 사용할 수 없습니다: {why}</translation>
    </message>
    <message>
        <source>Export it in another form, or choose another model.</source>
        <translation>다른 형식으로 내보내거나 다른 모델을 고르세요.</translation>
    </message>
    <message>
        <source>The export names other classes.</source>
        <translation>내보낸 파일의 클래스 이름이 다릅니다.</translation>
    </message>
    <message>
        <source>onnxruntime cannot open “{name}”: {why}</source>
        <translation>onnxruntime에서 “{name}”을(를) 열 수 없습니다: {why}</translation>
    </message>
    <message>
        <source>The file may be damaged, or be no ONNX; export it again.</source>
        <translation>파일이 손상되었거나 ONNX 파일이 아닐 수 있습니다. 다시 내보내세요.</translation>
    </message>
    <message>
        <source>One file for programs in any language, phones and browsers: onnxruntime, OpenVINO, TensorRT, OpenCV and many more read it.</source>
        <translation>어떤 프로그래밍 언어, 휴대전화, 브라우저에서도 쓸 수 있는 파일 하나입니다. onnxruntime, OpenVINO, TensorRT, OpenCV 등에서 읽습니다.</translation>
    </message>
    <message>
        <source>Web page</source>
        <translation>웹 페이지</translation>
    </message>
    <message>
        <source>One HTML file that classifies photos, dropped or from the camera, in any browser, on a phone as well and without internet; nothing leaves it.</source>
        <translation>HTML 파일 하나로, 끌어다 놓은 사진이나 카메라 영상을 어느 브라우저에서나 분류합니다. 휴대전화에서도 인터넷 없이 작동하며, 사진은 기기를 떠나지 않습니다.</translation>
    </message>
    <message>
        <source>Ready-to-run folder</source>
        <translation>바로 실행하는 폴더</translation>
    </message>
    <message>
        <source>The network with a short Python program that classifies images without PyTorch, explained and ready to hand on.</source>
        <translation>PyTorch 없이 이미지를 분류하는 짧은 파이썬 프로그램과 네트워크를 설명과 함께 담아 그대로 전달할 수 있습니다.</translation>
    </message>
    <message>
        <source>One file for PyTorch on any machine, without the studio or the library that the network comes from: torch.export.load reads it.</source>
        <translation>PyTorch만 있으면 어디서나 쓰는 파일 하나입니다. TLStudio나 네트워크를 만든 라이브러리 없이 torch.export.load로 읽습니다.</translation>
    </message>
    <message>
        <source>The weights alone, in the format of Hugging Face: for going on with training, or for another program that builds the same network.</source>
        <translation>가중치만 Hugging Face 형식으로 담습니다. 학습을 이어 가거나 같은 네트워크를 만드는 다른 프로그램에서 씁니다.</translation>
    </message>
    <message>
        <source>There is no export format “{name}”.</source>
        <translation>내보내기 형식 “{name}”이(가) 없습니다.</translation>
    </message>
    <message>
        <source>The format {name} has no option {option}.</source>
        <translation>{name} 형식에는 {option} 옵션이 없습니다.</translation>
    </message>
    <message>
        <source>ONNX&apos;s opset must be {low} to {high}.</source>
        <translation>ONNX의 opset은 {low}~{high}이어야 합니다.</translation>
    </message>
    <message>
        <source>Downloading what runs the page</source>
        <translation>페이지를 실행하는 데 필요한 것을 다운로드하는 중</translation>
    </message>
    <message>
        <source>Writing the network</source>
        <translation>네트워크 저장</translation>
    </message>
    <message>
        <source>Measuring activations for 8-bit integers</source>
        <translation>8비트 정수를 위한 활성값 측정</translation>
    </message>
    <message>
        <source>Comparing with the original</source>
        <translation>원본과 비교</translation>
    </message>
    <message>
        <source>{runtime} computes the same as the studio: {same} of {images} answers are equal, the largest difference of a probability is {difference}.</source>
        <translation>{runtime}의 계산 결과가 TLStudio와 같습니다: 답 {images}개 중 {same}개가 일치하고, 확률의 최대 차이는 {difference}입니다.</translation>
    </message>
    <message>
        <source>{runtime} computes something else than the studio: {same} of {images} answers are equal, the largest difference of a probability is {difference}.</source>
        <translation>{runtime}의 계산 결과가 TLStudio와 다릅니다: 답 {images}개 중 {same}개만 일치하고, 확률의 최대 차이는 {difference}입니다.</translation>
    </message>
    <message>
        <source>With 8-bit integers {same} of {images} answers are those of the original.</source>
        <translation>8비트 정수로 계산하면 답 {images}개 중 {same}개가 원본과 같습니다.</translation>
    </message>
    <message>
        <source>With 8-bit integers {same} of {images} answers are those of the original; the accuracy is {after} % ({low}–{high}) instead of {before} % ({low_before}–{high_before}).</source>
        <translation>8비트 정수로 계산하면 답 {images}개 중 {same}개가 원본과 같습니다. 정확도는 {after} % ({low}–{high})이고 원본은 {before} % ({low_before}–{high_before})입니다.</translation>
    </message>
    <message>
        <source>8-bit integers are too coarse for this network: only {same} of {images} answers are those of the original.</source>
        <translation>이 네트워크에는 8비트 정수의 정밀도가 부족합니다: 답 {images}개 중 {same}개만 원본과 같습니다.</translation>
    </message>
    <message>
        <source>8-bit integers are too coarse for this network: the accuracy is {after} % ({low}–{high}) instead of {before} % ({low_before}–{high_before}), which is not chance.</source>
        <translation>이 네트워크에는 8비트 정수의 정밀도가 부족합니다: 정확도가 {after} % ({low}–{high})로, 원본 {before} % ({low_before}–{high_before})보다 낮으며 우연한 차이가 아닙니다.</translation>
    </message>
    <message>
        <source>Do not use this file. It was kept, marked as failed, to be looked at: {path}</source>
        <translation>이 파일을 사용하지 마세요. 확인할 수 있도록 실패 표시를 붙여 남겨 두었습니다: {path}</translation>
    </message>
    <message>
        <source>The photo has more than {most} megapixels.</source>
        <translation>사진이 {most}메가픽셀보다 큽니다.</translation>
    </message>
    <message>
        <source>Make it smaller first.</source>
        <translation>먼저 크기를 줄이세요.</translation>
    </message>
    <message>
        <source>Too much is asked at once.</source>
        <translation>한꺼번에 너무 많은 요청이 왔습니다.</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>잠시 후 다시 시도하세요.</translation>
    </message>
    <message>
        <source>Drop a photo here</source>
        <translation>사진을 여기에 놓으세요</translation>
    </message>
    <message>
        <source>or click to choose one, or paste it</source>
        <translation>눌러서 고르거나 붙여 넣어도 됩니다</translation>
    </message>
    <message>
        <source>Photos go to the studio on this computer, and no further.</source>
        <translation>사진은 이 컴퓨터의 TLStudio에만 전달됩니다.</translation>
    </message>
    <message>
        <source>None of these</source>
        <translation>해당 없음</translation>
    </message>
    <message>
        <source>Nearest of the known classes:</source>
        <translation>아는 클래스 가운데 가장 가까운 것:</translation>
    </message>
    <message>
        <source>Further from the training images than {share} % of them</source>
        <translation>학습 이미지의 {share}%보다 더 멀리 떨어져 있음</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>살펴보는 중…</translation>
    </message>
    <message>
        <source>The studio no longer answers: it was stopped.</source>
        <translation>TLStudio가 더 이상 답하지 않습니다. 중지되었습니다.</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>지우기</translation>
    </message>
    <message>
        <source>For programs</source>
        <translation>프로그램에서 쓰기</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>답</translation>
    </message>
    <message>
        <source>{count} classes: {names}</source>
        <translation>클래스 {count}개: {names}</translation>
    </message>
    <message>
        <source>{percent} % right on validation images</source>
        <translation>검증 이미지 정확도 {percent}%</translation>
    </message>
    <message>
        <source>{host} sent another file for {model} than on {day}; it was deleted.</source>
        <translation>{host}에서 {day}에 받은 것과 다른 {model} 파일을 보내 삭제했습니다.</translation>
    </message>
    <message>
        <source>Ask those who made it whether it changed. To take the new one, delete “{file}” and download again.</source>
        <translation>파일이 바뀌었는지 만든 곳에 확인하세요. 새 파일을 받으려면 “{file}” 파일을 지우고 다시 다운로드하세요.</translation>
    </message>
    <message>
        <source>A web page needs {name}, which is not on this machine yet: {mb} MB.</source>
        <translation>웹 페이지를 만들려면 {name}이(가) 필요한데 아직 이 컴퓨터에 없습니다. 크기는 {mb} MB입니다.</translation>
    </message>
    <message>
        <source>It is downloaded once, {kept} MB of it are kept; on a terminal: --download.</source>
        <translation>한 번만 다운로드하며 {kept} MB만 남습니다. 터미널에서는 --download를 붙이세요.</translation>
    </message>
    <message>
        <source>The package {name} is not as it used to be.</source>
        <translation>{name} 패키지의 내용이 예전과 다릅니다.</translation>
    </message>
    <message>
        <source>Please report it; the other exports need no download.</source>
        <translation>문제를 알려 주세요. 다른 형식으로 내보낼 때는 다운로드가 필요 없습니다.</translation>
    </message>
    <message>
        <source>There is a file “{name}” already.</source>
        <translation>“{name}” 파일이 이미 있습니다.</translation>
    </message>
    <message>
        <source>Choose another with --out, or let it go: --overwrite</source>
        <translation>--out으로 다른 파일을 고르거나 --overwrite로 덮어쓰세요</translation>
    </message>
    <message>
        <source>“{name}” is not the name of a repository.</source>
        <translation>“{name}”은(는) 저장소 이름이 아닙니다.</translation>
    </message>
    <message>
        <source>Write it as OWNER/NAME, of Latin letters, digits and - _ . between them.</source>
        <translation>OWNER/NAME처럼 로마자, 숫자와 그 사이의 - _ . 로 쓰세요.</translation>
    </message>
    <message>
        <source>Check the network, and the proxy in the preferences; then try again.</source>
        <translation>네트워크와 환경설정의 프록시를 확인하고 다시 시도하세요.</translation>
    </message>
    <message>
        <source>The Hugging Face hub does not take this access token.</source>
        <translation>Hugging Face 허브가 이 액세스 토큰을 받아들이지 않습니다.</translation>
    </message>
    <message>
        <source>Make one that may write at {page} and log in again.</source>
        <translation>{page}에서 쓰기 권한이 있는 토큰을 만들어 다시 로그인하세요.</translation>
    </message>
    <message>
        <source>You are not logged in to the Hugging Face hub.</source>
        <translation>Hugging Face 허브에 로그인되어 있지 않습니다.</translation>
    </message>
    <message>
        <source>Make an access token that may write at {page} and log in.</source>
        <translation>{page}에서 쓰기 권한이 있는 액세스 토큰을 만들어 로그인하세요.</translation>
    </message>
    <message>
        <source>It was stopped.</source>
        <translation>중지했습니다.</translation>
    </message>
    <message>
        <source>On the hub everything is as it was before.</source>
        <translation>허브에는 아무것도 바뀌지 않았습니다.</translation>
    </message>
    <message>
        <source>There is a repository “{name}” already.</source>
        <translation>“{name}” 저장소가 이미 있습니다.</translation>
    </message>
    <message>
        <source>Choose another name, or let this be its new version.</source>
        <translation>다른 이름을 고르거나 새 버전으로 올리세요.</translation>
    </message>
    <message>
        <source>The hub has no repository “{name}” that you may see.</source>
        <translation>허브에 볼 수 있는 “{name}” 저장소가 없습니다.</translation>
    </message>
    <message>
        <source>Check the name; log in if it is private.</source>
        <translation>이름을 확인하세요. 비공개라면 로그인하세요.</translation>
    </message>
    <message>
        <source>The hub is switched off by HF_HUB_OFFLINE.</source>
        <translation>HF_HUB_OFFLINE 때문에 허브를 쓸 수 없습니다.</translation>
    </message>
    <message>
        <source>Start the studio without it.</source>
        <translation>그 설정 없이 TLStudio를 시작하세요.</translation>
    </message>
    <message>
        <source>“{name}” wants its terms accepted first.</source>
        <translation>“{name}”은(는) 먼저 이용 조건에 동의해야 합니다.</translation>
    </message>
    <message>
        <source>Do that on its page in the browser, and log in here.</source>
        <translation>브라우저의 해당 페이지에서 동의하고 여기에서 로그인하세요.</translation>
    </message>
    <message>
        <source>Your access token may not write to “{name}”.</source>
        <translation>이 액세스 토큰으로는 “{name}”에 쓸 수 없습니다.</translation>
    </message>
    <message>
        <source>Choose a repository of your own, or make a token that may write at {page}</source>
        <translation>본인의 저장소를 고르거나 쓰기 권한이 있는 토큰을 만드세요: {page}</translation>
    </message>
    <message>
        <source>{host} refuses it ({status}).</source>
        <translation>{host}에서 거절했습니다({status}).</translation>
    </message>
    <message>
        <source>Its page in the browser may say why.</source>
        <translation>브라우저로 그 페이지를 열면 까닭을 알 수 있습니다.</translation>
    </message>
    <message>
        <source>{host} gave an answer that makes no sense.</source>
        <translation>{host}의 응답을 이해할 수 없습니다.</translation>
    </message>
    <message>
        <source>A proxy or a login page may answer in its place.</source>
        <translation>프록시나 로그인 페이지가 대신 응답했을 수 있습니다.</translation>
    </message>
    <message>
        <source>“{name}” has no weights called “{file}”.</source>
        <translation>“{name}”에는 “{file}”이라는 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>It has: {files}</source>
        <translation>있는 파일: {files}</translation>
    </message>
    <message>
        <source>“{name}” holds no weights that the studio reads.</source>
        <translation>“{name}”에는 TLStudio가 읽는 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>It reads .safetensors, .pth, .pt, .bin and .ckpt files.</source>
        <translation>.safetensors, .pth, .pt, .bin, .ckpt 파일을 읽습니다.</translation>
    </message>
    <message>
        <source>The file cannot be read any more.</source>
        <translation>파일을 더 이상 읽을 수 없습니다.</translation>
    </message>
    <message>
        <source>No images were sorted into “{name}”.</source>
        <translation>“{name}”에 분류해 복사한 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>Choose the folder that holds the folders of the classes.</source>
        <translation>클래스 폴더들이 들어 있는 폴더를 선택하세요.</translation>
    </message>
    <message>
        <source>“{name}” lies within the folder of the images.</source>
        <translation>“{name}”은(는) 이미지 폴더 안에 있습니다.</translation>
    </message>
    <message>
        <source>Choose a folder beside it, so that it stays as it is.</source>
        <translation>원본 폴더가 그대로 남도록 그 밖의 폴더를 선택하세요.</translation>
    </message>
    <message>
        <source>The copies take {needed} MB, and the disk has {free} MB left.</source>
        <translation>복사본에 {needed} MB가 필요하지만 디스크에는 {free} MB만 남아 있습니다.</translation>
    </message>
    <message>
        <source>“{name}” cannot be removed: {why}.</source>
        <translation>“{name}”을(를) 삭제할 수 없습니다: {why}.</translation>
    </message>
    <message>
        <source>Close the programs that have it open, and try again.</source>
        <translation>파일을 열고 있는 프로그램을 닫고 다시 시도하세요.</translation>
    </message>
    <message>
        <source>its pickle is too large</source>
        <translation>pickle이 너무 큽니다</translation>
    </message>
    <message>
        <source>its pickle refers to what lies outside of it</source>
        <translation>pickle이 파일 밖의 것을 가리킵니다</translation>
    </message>
    <message>
        <source>its pickle is too long</source>
        <translation>pickle이 너무 깁니다</translation>
    </message>
    <message>
        <source>its pickle holds too many values</source>
        <translation>pickle에 값이 너무 많습니다</translation>
    </message>
    <message>
        <source>it unpacks to much more than its own size</source>
        <translation>압축을 풀면 파일보다 훨씬 커집니다</translation>
    </message>
    <message>
        <source>it has too many entries</source>
        <translation>항목이 너무 많습니다</translation>
    </message>
    <message>
        <source>it is locked with a password</source>
        <translation>암호로 잠겨 있습니다</translation>
    </message>
    <message>
        <source>it is packed in a rare way</source>
        <translation>흔하지 않은 방식으로 압축되어 있습니다</translation>
    </message>
    <message>
        <source>it has tensors of an unknown kind</source>
        <translation>알 수 없는 종류의 텐서가 있습니다</translation>
    </message>
    <message>
        <source>its modules are nested too deeply</source>
        <translation>모듈이 너무 깊게 중첩되어 있습니다</translation>
    </message>
    <message>
        <source>its modules are no modules</source>
        <translation>모듈이어야 할 것이 모듈이 아닙니다</translation>
    </message>
    <message>
        <source>a tensor reaches beyond its storage</source>
        <translation>텐서가 저장 공간의 범위를 벗어납니다</translation>
    </message>
    <message>
        <source>its tensors are much larger than the file</source>
        <translation>텐서가 파일보다 훨씬 큽니다</translation>
    </message>
    <message>
        <source>a tensor has no storage</source>
        <translation>저장 공간이 없는 텐서가 있습니다</translation>
    </message>
    <message>
        <source>a storage has another size than it says</source>
        <translation>저장 공간의 크기가 적힌 것과 다릅니다</translation>
    </message>
    <message>
        <source>a truth value is neither true nor false</source>
        <translation>참도 거짓도 아닌 논릿값이 있습니다</translation>
    </message>
    <message>
        <source>a tensor has an impossible shape</source>
        <translation>불가능한 형태의 텐서가 있습니다</translation>
    </message>
    <message>
        <source>it was written on a big-endian machine</source>
        <translation>빅 엔디언 컴퓨터에서 저장되었습니다</translation>
    </message>
    <message>
        <source>its header is too large</source>
        <translation>헤더가 너무 큽니다</translation>
    </message>
    <message>
        <source>“{name}” holds no names of classes.</source>
        <translation>“{name}”에는 클래스 이름이 없습니다.</translation>
    </message>
    <message>
        <source>Choose a text file in UTF-8 with one name a line, each of them once.</source>
        <translation>한 줄에 이름이 하나씩, 중복 없이 적힌 UTF-8 텍스트 파일을 고르세요.</translation>
    </message>
    <message>
        <source>Give the file or folder that is to be written a name.</source>
        <translation>저장할 파일이나 폴더의 이름을 적으세요.</translation>
    </message>
    <message>
        <source>“{name}” is there already.</source>
        <translation>“{name}” 파일이 이미 있습니다.</translation>
    </message>
    <message>
        <source>Give --out another name, or add --overwrite.</source>
        <translation>--out에 다른 이름을 지정하거나 --overwrite를 추가하세요.</translation>
    </message>
    <message>
        <source>8-bit integers need training images, and none are at hand.</source>
        <translation>8비트 정수로 바꾸려면 학습 이미지가 필요한데, 사용할 수 있는 학습 이미지가 없습니다.</translation>
    </message>
    <message>
        <source>Open the dataset that the network was trained on.</source>
        <translation>네트워크를 학습한 데이터셋을 여세요.</translation>
    </message>
    <message>
        <source>The network cannot be written in 8-bit integers: {why}</source>
        <translation>네트워크를 8비트 정수로 저장할 수 없습니다: {why}</translation>
    </message>
    <message>
        <source>Export it without them.</source>
        <translation>8비트 정수 없이 내보내세요.</translation>
    </message>
    <message>
        <source>{count} layers of the network cannot compute with 8-bit integers: {names}</source>
        <translation>네트워크의 레이어 {count}개는 8비트 정수로 계산할 수 없습니다: {names}</translation>
    </message>
    <message>
        <source>torch.export cannot trace the network: {why}</source>
        <translation>torch.export로 네트워크를 추적할 수 없습니다: {why}</translation>
    </message>
    <message>
        <source>Choose another name, or add --overwrite.</source>
        <translation>다른 이름을 고르거나 --overwrite를 붙이세요.</translation>
    </message>
    <message>
        <source>Make room on the disk.</source>
        <translation>디스크 공간을 확보하세요.</translation>
    </message>
    <message>
        <source>“{name}” did not take the weights: they are in “{path}”.</source>
        <translation>“{name}” 폴더에 가중치를 쓸 수 없어 “{path}”에 저장했습니다.</translation>
    </message>
    <message>
        <source>No disk took the weights of the run.</source>
        <translation>이 실행의 가중치를 어느 디스크에도 쓸 수 없었습니다.</translation>
    </message>
    <message>
        <source>Make room, or choose a folder on another disk for runs in the preferences.</source>
        <translation>공간을 확보하거나 환경설정에서 실행을 저장할 폴더를 다른 디스크로 바꾸세요.</translation>
    </message>
    <message>
        <source>Choose another name, or replace it.</source>
        <translation>다른 이름을 고르거나 덮어쓰세요.</translation>
    </message>
    <message>
        <source>Make room, or let features be kept for fewer views.</source>
        <translation>공간을 확보하거나 특징을 저장할 변형 이미지 수를 줄이세요.</translation>
    </message>
    <message>
        <source>Another program has changed the kept features.</source>
        <translation>저장해 둔 특징을 다른 프로그램이 바꾸었습니다.</translation>
    </message>
    <message>
        <source>Train again: they are computed once more.</source>
        <translation>다시 학습하면 특징을 새로 계산합니다.</translation>
    </message>
    <message>
        <source>The export ended early (exit code {code}).</source>
        <translation>내보내기가 중간에 끝났습니다(종료 코드 {code}).</translation>
    </message>
    <message>
        <source>There may be too little memory for it.</source>
        <translation>메모리가 부족할 수 있습니다.</translation>
    </message>
    <message>
        <source>“{name}” is there already, and is not an export alone.</source>
        <translation>“{name}”이(가) 이미 있으며, 내보낸 파일만 들어 있는 폴더가 아닙니다.</translation>
    </message>
    <message>
        <source>Choose another folder: nothing of yours is replaced.</source>
        <translation>다른 폴더를 고르세요. 다른 파일이 든 폴더는 바꾸지 않습니다.</translation>
    </message>
    <message>
        <source>Convolution</source>
        <translation>합성곱</translation>
    </message>
    <message>
        <source>Building blocks</source>
        <translation>구성 블록</translation>
    </message>
    <message>
        <source>Inputs and training</source>
        <translation>입력과 학습</translation>
    </message>
    <message>
        <source>Transfer learning</source>
        <translation>전이 학습</translation>
    </message>
    <message>
        <source>History</source>
        <translation>역사</translation>
    </message>
    <message>
        <source>A kernel lies on the image; each pixel below it is multiplied by a weight, and all products are added up. That sum is one pixel of the feature map.</source>
        <translation>이미지 위에 커널을 올려 놓고, 그 아래 픽셀마다 가중치를 곱한 뒤 모두 더합니다. 그 합이 특징 맵의 픽셀 하나입니다.</translation>
    </message>
    <message>
        <source>Drag the square over the photo, and choose another kernel.</source>
        <translation>사진 위의 사각형을 끌어 보고, 다른 커널도 골라 보세요.</translation>
    </message>
    <message>
        <source>Your slide may turn the kernel by 180° first, because mathematics does; deep learning leaves that out and still says convolution.</source>
        <translation>강의 자료에는 커널을 먼저 180° 회전한다고 되어 있을 수 있습니다. 수학의 합성곱이 그렇기 때문이며, 딥러닝은 회전하지 않고도 합성곱이라고 부릅니다.</translation>
    </message>
    <message>
        <source>See the feature maps of a network</source>
        <translation>네트워크의 특징 맵 보기</translation>
    </message>
    <message>
        <source>Padding and stride</source>
        <translation>패딩과 스트라이드</translation>
    </message>
    <message>
        <source>Without padding a map is smaller than its picture, as the kernel has to lie inside. Zeros around the picture make up for that; a stride above 1 makes the map smaller.</source>
        <translation>패딩이 없으면 커널이 입력 안에만 놓이므로 맵이 입력보다 작아집니다. 둘레에 0을 채우면 크기를 유지할 수 있고, 스트라이드가 1보다 크면 맵이 작아집니다.</translation>
    </message>
    <message>
        <source>Drag the kernel into a corner, and move the sliders.</source>
        <translation>커널을 모서리로 끌어 보고, 슬라이더를 움직여 보세요.</translation>
    </message>
    <message>
        <source>Your slide may have 227 × 227 for AlexNet, because 224 without padding does not give the 55 of its paper; torchvision pads 224 by 2 instead.</source>
        <translation>강의 자료에는 AlexNet의 입력이 227 × 227일 수 있습니다. 패딩 없는 224로는 논문의 55가 나오지 않기 때문이며, torchvision은 224에 패딩 2를 둡니다.</translation>
    </message>
    <message>
        <source>See the layers of AlexNet</source>
        <translation>AlexNet의 레이어 보기</translation>
    </message>
    <message>
        <source>Pooling and shifts</source>
        <translation>풀링과 이동</translation>
    </message>
    <message>
        <source>Pooling keeps one number of each window, its maximum or its average. A shift that stays inside the windows changes little; the larger the window, the less.</source>
        <translation>풀링은 창마다 최댓값이나 평균값 하나만 남깁니다. 창 안에서 그치는 이동은 맵을 거의 바꾸지 않으며, 창이 클수록 더 그렇습니다.</translation>
    </message>
    <message>
        <source>Drag the frame by a few pixels, and choose another window.</source>
        <translation>틀을 몇 픽셀 끌어 보고, 다른 창도 골라 보세요.</translation>
    </message>
    <message>
        <source>Your slide may say that pooling makes a network invariant to shifts, because it helps; small windows do so only in part.</source>
        <translation>강의 자료에는 풀링이 이동 불변성을 준다고 되어 있을 수 있습니다. 도움은 되지만, 창이 작으면 일부만 유지됩니다.</translation>
    </message>
    <message>
        <source>Your slide may say that two 3x3 convolutions see as much as one 5x5, because 3 + 2 = 5: so it is where the first has stride 1; where it has stride 2, it is 3 + 2·2 = 7.</source>
        <translation>강의 자료에 3×3 합성곱 두 개는 5×5 하나만큼 본다(3 + 2 = 5)고 되어 있을 수 있습니다. 첫 합성곱의 스트라이드가 1일 때 그렇고, 2이면 3 + 2·2 = 7입니다.</translation>
    </message>
    <message>
        <source>{model} has no pretrained weights.</source>
        <translation>{model}에는 사전 학습 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>There is no lesson “{name}”.</source>
        <translation>“{name}”이라는 학습 주제가 없습니다.</translation>
    </message>
    <message>
        <source>There is no kernel called “{name}”.</source>
        <translation>“{name}”이라는 커널이 없습니다.</translation>
    </message>
    <message>
        <source>Plain and residual: 20 layers</source>
        <translation>플레인과 잔차 네트워크: 20층</translation>
    </message>
    <message>
        <source>ResNet-50 without and with squeeze-and-excitation</source>
        <translation>ResNet-50: squeeze-and-excitation이 없는 것과 있는 것</translation>
    </message>
    <message>
        <source>GoogLeNet of naive and of reduced Inception modules</source>
        <translation>GoogLeNet: 단순(naive) 인셉션과 차원을 줄인 인셉션</translation>
    </message>
    <message>
        <source>From LeNet-5 to ResNet-152</source>
        <translation>LeNet-5에서 ResNet-152까지</translation>
    </message>
    <message>
        <source>This recipe has no network {names}.</source>
        <translation>이 레시피에는 {names} 네트워크가 없습니다.</translation>
    </message>
    <message>
        <source>It has: {all}.</source>
        <translation>있는 네트워크: {all}.</translation>
    </message>
    <message>
        <source>Depth (ResNet)</source>
        <translation>깊이 (ResNet)</translation>
    </message>
    <message>
        <source>Does a deeper network learn better? Plain and residual networks are trained alike, from random values, and the error on their own training images is drawn as well.</source>
        <translation>더 깊은 네트워크가 더 잘 배울까요? 플레인 네트워크와 잔차 네트워크를 무작위 값에서 똑같이 학습하고, 학습 이미지에서의 오류도 함께 그립니다.</translation>
    </message>
    <message>
        <source>budget</source>
        <translation>규모</translation>
    </message>
    <message>
        <source>Small</source>
        <translation>작게</translation>
    </message>
    <message>
        <source>2000 training images at half their size, 10 epochs, the first of them to warm up, small batches: minutes on two cores, and enough to see it.</source>
        <translation>절반 크기의 학습 이미지 2,000장, 첫 에포크를 웜업으로 하는 10에포크, 작은 배치. 코어 둘에서 몇 분이면 되고, 현상을 보기에 충분합니다.</translation>
    </message>
    <message>
        <source>As published</source>
        <translation>논문 그대로</translation>
    </message>
    <message>
        <source>All images, 164 epochs in batches of 128, which are 64,000 steps where 50,000 images train: days on two cores.</source>
        <translation>모든 이미지로 배치 128, 164에포크. 이미지 50,000장으로 학습하면 64,000스텝입니다. 코어 둘에서 며칠 걸립니다.</translation>
    </message>
    <message>
        <source>recipe</source>
        <translation>실험</translation>
    </message>
    <message>
        <source>Depthwise separable convolution</source>
        <translation>깊이별 분리 합성곱</translation>
    </message>
    <message>
        <source>An ordinary kernel filters and mixes all maps at once. The separable one takes two steps: a kernel of its own filters each map, then a 1x1 convolution mixes them.</source>
        <translation>일반 합성곱의 커널은 모든 맵을 한 번에 필터링하며 결합합니다. 깊이별 분리 합성곱은 두 단계로 나눕니다. 맵마다 자기 커널로 필터링한 다음, 1×1 합성곱으로 결합합니다.</translation>
    </message>
    <message>
        <source>Drag the sizes, and see where the saving comes from.</source>
        <translation>크기를 끌어서 바꾸며, 연산이 어디에서 줄어드는지 보세요.</translation>
    </message>
    <message>
        <source>Your slide may call 1/N + 1/Dk² the saving, because it is the ratio of both costs; it is the share that is left, about 1/9 with kernels of 3x3.</source>
        <translation>강의 자료에는 1/N + 1/Dk²가 절감량이라고 적혀 있을 수 있습니다. 두 비용의 비이므로, 절감한 양이 아니라 남는 몫입니다(3×3 커널이면 약 1/9).</translation>
    </message>
    <message>
        <source>See the layers of such a network</source>
        <translation>이런 네트워크의 레이어 보기</translation>
    </message>
    <message>
        <source>The residual sum</source>
        <translation>잔차 연결의 합</translation>
    </message>
    <message>
        <source>A residual block adds what it computes to what comes in. Take a block out, and x still passes by its shortcut: the network goes on answering by all the other paths.</source>
        <translation>잔차 블록은 계산한 값을 들어온 값에 더합니다. 블록을 빼도 x는 지름길로 지나가므로, 네트워크는 남은 모든 경로로 계속 답합니다.</translation>
    </message>
    <message>
        <source>Choose a block and drag how much of it is added; at 0 it is gone. How many can go?</source>
        <translation>블록을 고르고 얼마나 더할지 끌어 보세요. 0이면 블록이 빠집니다. 몇 개까지 뺄 수 있을까요?</translation>
    </message>
    <message>
        <source>Your slide may have a ReLU after the sum, because ResNet of 2015 has one; this network has none there, as in MobileNetV2.</source>
        <translation>강의 자료에는 합 뒤에 ReLU가 있을 수 있습니다. 2015년의 ResNet이 그렇기 때문입니다. 이 네트워크는 MobileNetV2처럼 그 자리에 ReLU가 없습니다.</translation>
    </message>
    <message>
        <source>See a network with and without shortcuts</source>
        <translation>지름길이 있는 네트워크와 없는 네트워크 보기</translation>
    </message>
    <message>
        <source>Inception, naive and reduced</source>
        <translation>인셉션 모듈과 차원 축소</translation>
    </message>
    <message>
        <source>An inception module looks at its input with kernels of several sizes at once. Reductions by 1x1 make the input narrow first, so that 3x3 and 5x5 stay affordable.</source>
        <translation>인셉션 모듈은 크기가 다른 커널 여럿으로 입력을 동시에 봅니다. 1×1 축소로 채널 수를 먼저 줄여, 3×3과 5×5의 연산을 감당할 수 있게 합니다.</translation>
    </message>
    <message>
        <source>Drag the width of the reductions, and go through the modules of GoogLeNet.</source>
        <translation>축소 폭을 끌어 바꾸고, GoogLeNet의 모듈을 차례로 보세요.</translation>
    </message>
    <message>
        <source>Your slide may say that 1x1 reductions save, because they do here; one that is about as wide as its input costs more than none.</source>
        <translation>강의 자료에는 1×1 축소가 연산을 줄인다고 적혀 있을 수 있습니다. 여기서는 그렇지만, 폭이 입력과 거의 같은 축소는 없는 것보다 연산이 많습니다.</translation>
    </message>
    <message>
        <source>The mean of each map says how strongly it responds to the photo. Two small linear layers turn all means into a factor for each map: what matters for this photo passes, the rest is damped.</source>
        <translation>맵마다의 평균은 그 맵이 사진에 얼마나 강하게 반응하는지 말해 줍니다. 작은 선형 레이어 둘이 이 평균들로 맵마다 계수를 만듭니다. 이 사진에 중요한 맵은 통과시키고 나머지는 줄입니다.</translation>
    </message>
    <message>
        <source>Your slide may call it a linear layer over the channels, because at each place it is one; with ReLU, two of them stand behind each convolution of Network in Network.</source>
        <translation>강의 자료에는 채널에 대한 선형 레이어라고 적혀 있을 수 있습니다. 위치마다 그와 같기 때문입니다. Network in Network에서는 합성곱마다 뒤에 1×1 합성곱 두 개가 ReLU와 함께 이어집니다.</translation>
    </message>
    <message>
        <source>In a dense block each layer gets the maps of all layers before it, side by side, and appends only k maps of its own. Features are used again rather than learned again.</source>
        <translation>밀집 블록에서는 각 레이어가 앞선 모든 레이어의 맵을 나란히 이어 받고, 자기 맵은 k개만 덧붙입니다. 같은 특징을 다시 배우지 않고 재사용합니다.</translation>
    </message>
    <message>
        <source>See both networks side by side</source>
        <translation>두 네트워크 나란히 보기</translation>
    </message>
    <message>
        <source>Squeeze-and-excitation</source>
        <translation>스퀴즈-엑사이테이션(SE)</translation>
    </message>
    <message>
        <source>Drag the reduction r, and go to another photo: the factors are others.</source>
        <translation>축소비 r을 끌어 바꾸고, 다른 사진으로 넘겨 보세요. 계수가 달라집니다.</translation>
    </message>
    <message>
        <source>Your slide may draw 1x1 convolutions for W1 and W2, because on one number a map they are the same as linear layers.</source>
        <translation>강의 자료에는 W1과 W2가 1×1 합성곱으로 그려져 있을 수 있습니다. 맵마다 수가 하나뿐이면 선형 레이어와 같기 때문입니다.</translation>
    </message>
    <message>
        <source>See a network with and without SE</source>
        <translation>SE가 있는 네트워크와 없는 네트워크 보기</translation>
    </message>
    <message>
        <source>Groups and shuffle</source>
        <translation>그룹 합성곱과 채널 섞기</translation>
    </message>
    <message>
        <source>In groups a convolution costs as many times less as there are groups, but no group ever hears of the others. A shuffle between two such convolutions lets them meet.</source>
        <translation>합성곱을 그룹으로 나누면 연산이 그룹 수만큼 줄지만, 그룹끼리는 서로의 정보를 전혀 모릅니다. 두 합성곱 사이에서 채널을 섞으면 정보가 오갑니다.</translation>
    </message>
    <message>
        <source>Drag the number of groups, shuffle, and point at an output to see its inputs.</source>
        <translation>그룹 수를 끌어 바꾸고, 채널을 섞어 보고, 출력을 눌러 그 출력이 보는 입력을 확인하세요.</translation>
    </message>
    <message>
        <source>Your slide may call depthwise a kind of its own, because MobileNet does; it is a convolution with as many groups as maps.</source>
        <translation>강의 자료에는 깊이별 합성곱이 별개의 연산으로 나올 수 있습니다. MobileNet이 그렇게 부르기 때문이지만, 그룹 수가 맵 수와 같은 합성곱입니다.</translation>
    </message>
    <message>
        <source>See ShuffleNet as a picture</source>
        <translation>ShuffleNet을 그림으로 보기</translation>
    </message>
    <message>
        <source>1x1 convolution</source>
        <translation>1×1 합성곱</translation>
    </message>
    <message>
        <source>A 1x1 convolution looks at one place only, and at all maps there: a weighted sum, the same at every place. N of them turn M maps into N.</source>
        <translation>1×1 합성곱은 한 위치만, 그 대신 그 위치의 모든 맵을 봅니다. 어느 위치에서나 같은 가중합이며, N개가 있으면 M개의 맵이 N개가 됩니다.</translation>
    </message>
    <message>
        <source>Drag the weights, and the square to read a place.</source>
        <translation>가중치를 끌어 바꾸고, 사각형을 끌어 한 위치의 값을 읽으세요.</translation>
    </message>
    <message>
        <source>See where ResNet-50 uses it</source>
        <translation>ResNet-50에서 쓰는 곳 보기</translation>
    </message>
    <message>
        <source>Dense blocks</source>
        <translation>밀집 블록</translation>
    </message>
    <message>
        <source>Drag the growth rate k and the number of layers.</source>
        <translation>성장률 k와 레이어 수를 끌어 바꾸세요.</translation>
    </message>
    <message>
        <source>Your slide may compare it with a residual block: there the sum keeps the number of maps, here they are put side by side and become more.</source>
        <translation>강의 자료에서 잔차 블록과 비교하기도 합니다. 잔차 블록은 더하므로 맵 수가 그대로이고, 여기서는 이어 붙이므로 맵 수가 늘어납니다.</translation>
    </message>
    <message>
        <source>See DenseNet-121 as a picture</source>
        <translation>DenseNet-121을 그림으로 보기</translation>
    </message>
    <message>
        <source>Still designed by hand: Fisher vectors, and a linear classifier on them.</source>
        <translation>아직 사람이 설계한 특징입니다. 피셔 벡터(Fisher vector) 위에 선형 분류기를 두었습니다.</translation>
    </message>
    <message>
        <source>Your slide may have 15.3%: that is with two more networks, pretrained on all of ImageNet.</source>
        <translation>강의 자료에는 15.3%로 나올 수 있습니다. ImageNet 전체로 사전 학습한 네트워크 2개를 더했을 때의 값입니다.</translation>
    </message>
    <message>
        <source>The first deep network that won: learned features, ReLU, dropout, two graphics cards. The best entry without a network had 26.2%.</source>
        <translation>최초의 심층 신경망 우승작입니다. 학습된 특징, ReLU, 드롭아웃, GPU 두 장. 신경망이 아닌 출품작 가운데 최고는 26.2%였습니다.</translation>
    </message>
    <message>
        <source>No network: features designed by hand (SIFT, LBP), coded and given to an SVM.</source>
        <translation>신경망이 아닙니다. 사람이 설계한 특징(SIFT, LBP)을 부호화해 SVM에 넣었습니다.</translation>
    </message>
    <message>
        <source>By an author of ZFNet: AlexNet&apos;s eight layers with a smaller kernel and stride at the start, since looking into the layers had shown what was wrong there.</source>
        <translation>ZFNet의 저자가 만들었습니다. AlexNet처럼 8층이지만 앞쪽의 커널과 스트라이드가 더 작습니다. 층을 시각화해 그곳의 문제를 찾아냈기 때문입니다.</translation>
    </message>
    <message>
        <source>Your slide may say ZFNet or 11.2%: ZFNet is the paper, whose own networks have 14.8%; 11.2% is with images from outside the challenge.</source>
        <translation>강의 자료에는 ZFNet이나 11.2%로 나올 수 있습니다. ZFNet은 논문의 네트워크로 논문의 값은 14.8%이고, 11.2%는 대회 밖의 이미지를 더 쓴 값입니다.</translation>
    </message>
    <message>
        <source>The second place: nothing but 3×3 convolutions, in 16 or 19 layers.</source>
        <translation>2위입니다. 3×3 합성곱만 쌓아 16층 또는 19층입니다.</translation>
    </message>
    <message>
        <source>Your slide may have 6.8%: that is what its paper reached after the challenge, with two networks.</source>
        <translation>강의 자료에는 6.8%로 나올 수 있습니다. 대회 뒤 논문에서 네트워크 2개로 얻은 값입니다.</translation>
    </message>
    <message>
        <source>Inception modules: several kernels side by side, made cheap by 1×1 convolutions, with a ninth of AlexNet&apos;s parameters.</source>
        <translation>인셉션 모듈은 여러 크기의 커널을 나란히 두고 1×1 합성곱으로 계산을 줄입니다. 파라미터는 AlexNet의 9분의 1입니다.</translation>
    </message>
    <message>
        <source>Each block adds to what it gets: y = F(x) + x. Depth far beyond twenty layers now helps rather than harms.</source>
        <translation>블록마다 입력에 무언가를 더합니다(y = F(x) + x). 이제 20층을 훌쩍 넘는 깊이가 해가 아니라 도움이 됩니다.</translation>
    </message>
    <message>
        <source>Your slide may say that machines now see better than people: 5.1% was one person, who had to tell 120 breeds of dogs apart.</source>
        <translation>강의 자료에는 기계가 사람보다 낫다고 나올 수 있습니다. 5.1%는 개 품종 120가지까지 구별해야 했던 한 사람의 결과입니다.</translation>
    </message>
    <message>
        <source>No new network: an ensemble of Inception v3 and v4, Inception-ResNet v2, a ResNet with 200 layers and a wide one.</source>
        <translation>새 네트워크가 아니라 Inception v3와 v4, Inception-ResNet v2, 200층 ResNet, 넓은 ResNet의 앙상블입니다.</translation>
    </message>
    <message>
        <source>Squeeze-and-excitation: the network turns channels up and down by what is in the whole image. After this year the challenge ended.</source>
        <translation>스퀴즈-엑사이테이션(SE): 이미지 전체의 내용에 따라 채널을 키우고 줄입니다. 이 해를 끝으로 대회가 막을 내렸습니다.</translation>
    </message>
    <message>
        <source>The ImageNet challenge</source>
        <translation>ImageNet 대회(ILSVRC)</translation>
    </message>
    <message>
        <source>A thousand classes, five guesses for each photo: from 2010 to 2017 the winners&apos; error fell from 28 to 2%, while networks grew deeper.</source>
        <translation>클래스 1,000개, 사진마다 추측 다섯 번. 2010년에서 2017년까지 우승 팀의 오류율은 28%에서 2%로 떨어졌고 네트워크는 깊어졌습니다.</translation>
    </message>
    <message>
        <source>Drag through the years; each bar leads to its network.</source>
        <translation>연도를 따라 끌어 보세요. 막대마다 해당 네트워크로 이어집니다.</translation>
    </message>
    <message>
        <source>Normalising a picture</source>
        <translation>이미지 정규화</translation>
    </message>
    <message>
        <source>A network does not see colours but numbers, brought near to 0 by a mean and a standard deviation. With others than it was trained with, it sees another picture.</source>
        <translation>네트워크는 색이 아니라, 평균과 표준편차로 0 근처에 맞춘 수를 봅니다. 학습할 때와 다른 값을 쓰면 다른 그림을 보게 됩니다.</translation>
    </message>
    <message>
        <source>Drag the mean or the standard deviation, and watch what the network says.</source>
        <translation>평균이나 표준편차를 끌어 바꾸며 네트워크의 답을 살펴보세요.</translation>
    </message>
    <message>
        <source>Your slide may have 0.485, 0.456, 0.406 for every network, because torchvision&apos;s weights want them; these weights were trained with 127/255 and 128/255.</source>
        <translation>강의 자료에 모든 네트워크의 평균이 0.485, 0.456, 0.406으로 되어 있을 수 있습니다. torchvision 가중치가 그렇기 때문이며, 여기 쓰인 가중치는 127/255와 128/255로 학습되었습니다.</translation>
    </message>
    <message>
        <source>See the images as the network does</source>
        <translation>네트워크가 보는 대로 이미지 보기</translation>
    </message>
    <message>
        <source>In each epoch training sees each image in another variation, with the same class. It should vary what does not matter, and leave what makes the class.</source>
        <translation>학습은 에포크마다 각 이미지를 다르게 변형해서, 같은 클래스로 봅니다. 클래스와 상관없는 것은 바꾸고, 클래스를 결정하는 것은 남겨야 합니다.</translation>
    </message>
    <message>
        <source>Drag the strength of the variation.</source>
        <translation>변형 강도를 끌어 보세요.</translation>
    </message>
    <message>
        <source>Your slide may say that augmentation makes more images, because many are drawn from one; their number in an epoch stays the same, and the differences come over epochs.</source>
        <translation>강의 자료에 증강이 이미지 수를 늘린다고 되어 있을 수 있습니다. 한 장에서 여러 변형이 나오기 때문이지만, 한 에포크의 이미지 수는 그대로이고 에포크마다 달라질 뿐입니다.</translation>
    </message>
    <message>
        <source>Vary the images of the dataset</source>
        <translation>데이터셋 이미지를 변형해 보기</translation>
    </message>
    <message>
        <source>Batch normalisation</source>
        <translation>배치 정규화</translation>
    </message>
    <message>
        <source>Each channel is brought to mean β and deviation γ: in training by the mean and variance of its batch, in evaluation by running averages. So one image gets other numbers in each mode.</source>
        <translation>채널마다 평균을 β, 표준편차를 γ로 맞춥니다. 학습할 때는 배치의 평균과 분산을, 평가할 때는 이동 평균을 씁니다. 그래서 같은 이미지도 모드에 따라 값이 달라집니다.</translation>
    </message>
    <message>
        <source>Drag the size of the batch, and the light on all of its images.</source>
        <translation>배치 크기와, 모든 이미지에 비치는 조명을 끌어 바꿔 보세요.</translation>
    </message>
    <message>
        <source>Your slide may say that a frozen BatchNorm keeps its running averages, because in Keras it does; in PyTorch only γ and β stop, until it is put in evaluation mode.</source>
        <translation>강의 자료에 고정한 BatchNorm은 이동 평균도 그대로라고 되어 있을 수 있습니다. Keras에서는 그렇지만, PyTorch에서는 γ와 β만 멈추고 평가 모드로 두어야 이동 평균도 그대로입니다.</translation>
    </message>
    <message>
        <source>The last layer gives one number for each class, its logit. Softmax turns them into shares with the sum 1: if one class rises, the others fall. Sigmoid reads each alone.</source>
        <translation>마지막 레이어는 클래스마다 로짓이라는 수를 하나씩 냅니다. 소프트맥스는 이를 합이 1인 비율로 바꾸므로 한 클래스가 오르면 나머지는 내려갑니다. 시그모이드는 로짓마다 따로 계산합니다.</translation>
    </message>
    <message>
        <source>See the BatchNorm layers of a network</source>
        <translation>네트워크의 BatchNorm 레이어 보기</translation>
    </message>
    <message>
        <source>Receptive field</source>
        <translation>수용 영역(수용장)</translation>
    </message>
    <message>
        <source>One value of a layer depends on a square of the photo, which grows with every kernel and faster after every stride. Most of its gradient comes from a smaller part.</source>
        <translation>레이어의 값 하나는 사진에서 정사각형 하나만 봅니다. 이 정사각형은 커널을 지날 때마다 커지고, 스트라이드를 지나면 더 빨리 커집니다. 기울기는 대부분 그보다 작은 부분에서 나옵니다.</translation>
    </message>
    <message>
        <source>Drag along the bars from layer to layer, or drag on the photo.</source>
        <translation>막대를 따라 레이어에서 레이어로 끌거나, 사진 위를 끌어 보세요.</translation>
    </message>
    <message>
        <source>See the receptive fields of all layers</source>
        <translation>모든 레이어의 수용 영역 보기</translation>
    </message>
    <message>
        <source>Softmax, sigmoid, identity</source>
        <translation>소프트맥스, 시그모이드, 항등</translation>
    </message>
    <message>
        <source>Drag the logit of a class.</source>
        <translation>한 클래스의 로짓을 끌어 보세요.</translation>
    </message>
    <message>
        <source>Your slide may end a network with a softmax layer, because papers draw it; PyTorch&apos;s networks end with logits, and its cross-entropy loss has the softmax inside.</source>
        <translation>강의 자료의 네트워크는 소프트맥스 레이어로 끝날 수 있습니다. 논문 그림이 그렇기 때문이며, PyTorch의 네트워크는 로짓으로 끝나고 교차 엔트로피 손실 안에 소프트맥스가 들어 있습니다.</translation>
    </message>
    <message>
        <source>See the last layer of a network</source>
        <translation>네트워크의 마지막 레이어 보기</translation>
    </message>
    <message>
        <source>Courses and books say the same.</source>
        <translation>강의와 책도 같은 방법을 권합니다.</translation>
    </message>
    <message>
        <source>Here courses and books differ: some fine-tune the whole network, since so many images do not spoil it; some train the last layers alone, since the features fit already.</source>
        <translation>이 경우는 강의와 책마다 다릅니다. 이미지가 많아 망가질 염려가 없으니 전체를 미세 조정하라는 쪽도 있고, 특징이 이미 맞으니 마지막 레이어만 학습하라는 쪽도 있습니다.</translation>
    </message>
    <message>
        <source>Some courses put a linear classifier on an earlier layer instead, whose features are less made for other classes.</source>
        <translation>다른 클래스에 덜 맞춰진 앞쪽 레이어의 특징 위에 선형 분류기를 두라고 하는 강의도 있습니다.</translation>
    </message>
    <message>
        <source>Training from scratch would be possible; courses agree that pretrained values are the better start even so.</source>
        <translation>처음부터 학습할 수도 있지만, 그래도 사전 학습된 값에서 시작하는 편이 낫다는 데 강의들의 의견이 같습니다.</translation>
    </message>
    <message>
        <source>Forms of transfer learning</source>
        <translation>전이 학습의 형태</translation>
    </message>
    <message>
        <source>A pretrained network is taken over, but for its head. What lies left of a border stays frozen, what lies right of it trains on your images.</source>
        <translation>사전 학습된 네트워크를 헤드만 빼고 그대로 가져옵니다. 경계선 왼쪽은 고정(동결)하고 오른쪽은 내 이미지로 학습합니다.</translation>
    </message>
    <message>
        <source>Drag the border along the network.</source>
        <translation>네트워크를 따라 경계선을 끌어 보세요.</translation>
    </message>
    <message>
        <source>Your slide may use the words otherwise: some courses call fine-tuning transfer learning as well, some call only training the head so.</source>
        <translation>강의 자료에서는 용어를 다르게 쓸 수 있습니다. 미세 조정(파인 튜닝)까지 전이 학습이라고 하는 강의도 있고, 헤드만 학습하는 것을 전이 학습이라고 하는 강의도 있습니다.</translation>
    </message>
    <message>
        <source>The four cases</source>
        <translation>네 가지 경우</translation>
    </message>
    <message>
        <source>Two questions decide what of a pretrained network to train: how many images there are, and how much they are like those it has learned from.</source>
        <translation>사전 학습된 네트워크에서 무엇을 학습할지는 두 가지로 정해집니다. 이미지가 얼마나 많은지, 사전 학습에 쓴 이미지와 얼마나 비슷한지입니다.</translation>
    </message>
    <message>
        <source>Drag the point over the plane.</source>
        <translation>평면 위에서 점을 끌어 보세요.</translation>
    </message>
    <message>
        <source>Your slide may have 1 and 4 the other way round, because some courses begin with many and different images; these are the numbers of the notes of Stanford&apos;s CS231n.</source>
        <translation>강의 자료에는 1번과 4번이 서로 바뀌어 있을 수 있습니다. 이미지가 많고 다른 경우부터 번호를 매기는 강의도 있기 때문이며, 여기의 번호는 스탠퍼드 CS231n 강의 노트를 따릅니다.</translation>
    </message>
    <message>
        <source>See the advice for your images</source>
        <translation>내 이미지에 대한 조언 보기</translation>
    </message>
    <message>
        <source>Comes</source>
        <translation>가져올 파일</translation>
    </message>
    <message>
        <source>Here already, stays as it is</source>
        <translation>이미 있어 그대로 둠</translation>
    </message>
    <message>
        <source>The same as another file</source>
        <translation>다른 파일과 같음</translation>
    </message>
    <message>
        <source>May be several: import it by itself</source>
        <translation>여러 가지일 수 있음: 따로 가져오세요</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>제외</translation>
    </message>
    <message>
        <source>Imported</source>
        <translation>가져옴</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>실패</translation>
    </message>
    <message>
        <source>A network of this kind begins with a convolution.</source>
        <translation>이런 네트워크는 합성곱으로 시작합니다.</translation>
    </message>
    <message>
        <source>At most {convolutions} convolutions, {poolings} poolings and {layers} fully connected layers make a network of this kind.</source>
        <translation>이런 네트워크에는 합성곱 {convolutions}개, 풀링 {poolings}개, 완전 연결층 {layers}개까지 쓸 수 있습니다.</translation>
    </message>
    <message>
        <source>“{word}” is neither a number from 1 to {most} nor M.</source>
        <translation>“{word}”은(는) 1부터 {most}까지의 수도 M도 아닙니다.</translation>
    </message>
    <message>
        <source>Write the maps of 3×3 convolutions and an M for each max pooling, for example 64 M 128 M 256 256 M; behind a bar the units of fully connected layers.</source>
        <translation>3×3 합성곱의 특징 맵 수를 쓰고 최대 풀링마다 M을 쓰세요. 예: 64 M 128 M 256 256 M. 막대(|) 뒤에는 완전 연결층의 유닛 수를 씁니다.</translation>
    </message>
    <message>
        <source>Depth and shortcuts</source>
        <translation>깊이와 지름길</translation>
    </message>
    <message>
        <source>More layers could copy what fewer do, and yet a deep plain network is worse even on the images that it learns from. With shortcuts, nearly all of that is gone.</source>
        <translation>층을 늘린 네트워크는 적어도 얕은 네트워크만큼은 할 수 있어야 합니다. 그런데 깊은 플레인(plain) 네트워크는 학습 이미지에서조차 오류가 더 큽니다. 지름길 연결이 있으면 이 현상이 거의 사라집니다.</translation>
    </message>
    <message>
        <source>Drag through the epochs, and see what depth adds to either error.</source>
        <translation>에포크를 끌어, 깊이 때문에 오류가 얼마나 늘어나는지 양쪽에서 보세요.</translation>
    </message>
    <message>
        <source>Your slide may call this overfitting, because the validation error is worse too; but an overfitted network is good on its training images, and this one is not.</source>
        <translation>강의 자료에는 이 현상이 과적합이라고 되어 있을 수 있습니다. 검증 오류도 나빠지기 때문입니다. 하지만 과적합된 네트워크는 학습 이미지에서는 잘하는데, 이 네트워크는 그렇지 않습니다.</translation>
    </message>
    <message>
        <source>Let plain and residual networks race</source>
        <translation>플레인과 잔차 네트워크를 비교 실험하기</translation>
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
        <source>Nothing so far.</source>
        <translation>아직 메시지가 없습니다.</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>메시지</translation>
    </message>
    <message>
        <source>Training is in progress. Stop it and quit?</source>
        <translation>학습이 진행 중입니다. 중지하고 종료할까요?</translation>
    </message>
    <message>
        <source>What was trained could not be kept on the disk.</source>
        <translation>학습한 결과를 디스크에 보관하지 못했습니다.</translation>
    </message>
    <message>
        <source>Save and quit…</source>
        <translation>저장 후 종료…</translation>
    </message>
    <message>
        <source>Stop and quit</source>
        <translation>중지하고 종료</translation>
    </message>
    <message>
        <source>The run is kept up to here, and you can continue it later.</source>
        <translation>실행은 지금까지의 상태로 보관되며, 나중에 이어서 학습할 수 있습니다.</translation>
    </message>
    <message>
        <source>Keep training</source>
        <translation>학습 계속</translation>
    </message>
    <message>
        <source>Without saving they are gone when the studio closes.</source>
        <translation>저장하지 않으면 TLStudio를 닫을 때 사라집니다.</translation>
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
    <name>features_pictures</name>
    <message>
        <source>Filter {number}</source>
        <translation>필터 {number}</translation>
    </message>
    <message>
        <source>Channel {number}</source>
        <translation>채널 {number}</translation>
    </message>
    <message>
        <source>{low} to {high}</source>
        <translation>{low}~{high}</translation>
    </message>
    <message>
        <source>{share} zeros</source>
        <translation>0이 {share}</translation>
    </message>
</context>
<context>
    <name>file_dialogs</name>
    <message>
        <source>Images</source>
        <translation>이미지</translation>
    </message>
    <message>
        <source>Datasets</source>
        <translation>데이터셋</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>모든 파일</translation>
    </message>
    <message>
        <source>Videos</source>
        <translation>동영상</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>가중치</translation>
    </message>
    <message>
        <source>Names of classes</source>
        <translation>클래스 이름</translation>
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
        <source>Class pack</source>
        <translation>수업 팩</translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>문제</translation>
    </message>
    <message>
        <source>Manifest</source>
        <translation>매니페스트</translation>
    </message>
    <message>
        <source>Split as a table</source>
        <translation>분할 표</translation>
    </message>
    <message>
        <source>Manifest or split</source>
        <translation>매니페스트 또는 분할</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>표</translation>
    </message>
    <message>
        <source>Drawing</source>
        <translation>벡터 그림</translation>
    </message>
    <message>
        <source>Web page</source>
        <translation>웹 페이지</translation>
    </message>
    <message>
        <source>PDF</source>
        <translation>PDF</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>텍스트</translation>
    </message>
    <message>
        <source>Python script</source>
        <translation>Python 스크립트</translation>
    </message>
    <message>
        <source>Jupyter notebook</source>
        <translation>Jupyter 노트북</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>구조 그림</translation>
    </message>
</context>
<context>
    <name>finding</name>
    <message>
        <source>Left out</source>
        <translation>제외됨</translation>
    </message>
    <message>
        <source>Kept together</source>
        <translation>같은 분할에 유지</translation>
    </message>
    <message>
        <source>Fine</source>
        <translation>문제없음</translation>
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
    <name>gather</name>
    <message>
        <source>Seconds from one frame to the next</source>
        <translation>프레임 사이의 시간(초)</translation>
    </message>
    <message>
        <source>Cameras and videos need Qt&apos;s multimedia, which is not installed: pip install &apos;tlstudio[camera]&apos;. Animated GIF and WebP pictures work without it.</source>
        <translation>카메라와 동영상에는 Qt의 멀티미디어가 필요한데 설치되어 있지 않습니다: pip install &apos;tlstudio[camera]&apos;. 움직이는 GIF와 WebP 그림은 없어도 됩니다.</translation>
    </message>
    <message>
        <source>The system does not allow the camera.</source>
        <translation>시스템에서 카메라를 허용하지 않습니다.</translation>
    </message>
    <message>
        <source>The camera cannot be used: {why}</source>
        <translation>카메라를 쓸 수 없습니다: {why}</translation>
    </message>
    <message>
        <source>The video cannot be read: {why}</source>
        <translation>동영상을 읽을 수 없습니다: {why}</translation>
    </message>
</context>
<context>
    <name>help</name>
    <message>
        <source>Also called: {names}</source>
        <translation>다른 이름: {names}</translation>
    </message>
    <message>
        <source>See also</source>
        <translation>함께 보기</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>배우기</translation>
    </message>
    <message>
        <source>Go to this setting</source>
        <translation>이 설정으로 가기</translation>
    </message>
    <message>
        <source>Open the preferences</source>
        <translation>환경설정 열기</translation>
    </message>
</context>
<context>
    <name>load_weights</name>
    <message>
        <source>Matched</source>
        <translation>일치</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>누락</translation>
    </message>
    <message>
        <source>Other shape</source>
        <translation>다른 형태</translation>
    </message>
    <message>
        <source>Unexpected</source>
        <translation>예상 밖</translation>
    </message>
    <message>
        <source>Set aside</source>
        <translation>제외</translation>
    </message>
    <message>
        <source>In the file and in the network</source>
        <translation>파일과 네트워크에 모두 있음</translation>
    </message>
    <message>
        <source>The network needs it and the file does not have it</source>
        <translation>네트워크에 필요하지만 파일에 없음</translation>
    </message>
    <message>
        <source>In both, but of another shape, so its values cannot be taken</source>
        <translation>양쪽에 있지만 형태가 달라 값을 쓸 수 없음</translation>
    </message>
    <message>
        <source>In the file, and no layer of the network; it is left out</source>
        <translation>파일에는 있지만 네트워크의 레이어가 아니어서 제외함</translation>
    </message>
    <message>
        <source>No part of a network: what training leaves beside it, or another copy; it is left out</source>
        <translation>네트워크의 일부가 아님(학습이 남긴 값이나 다른 사본). 제외함</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>결과</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>레이어</translation>
    </message>
    <message>
        <source>In the file</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>In the network</source>
        <translation>네트워크</translation>
    </message>
    <message>
        <source>{name} in the file</source>
        <translation>파일 안의 이름: {name}</translation>
    </message>
    <message>
        <source>{count} tensors</source>
        <translation>텐서 {count}개</translation>
    </message>
    <message>
        <source>classes</source>
        <translation>클래스 수</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>숫자 하나</translation>
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
    <message>
        <source>Kept</source>
        <translation>유지</translation>
    </message>
</context>
<context>
    <name>menus</name>
    <message>
        <source>Man&amp;ifest</source>
        <translation>매니페스트(&amp;I)</translation>
    </message>
    <message>
        <source>Sa&amp;ve weights or model</source>
        <translation>가중치·모델 저장(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Load weights or model</source>
        <translation>가중치·모델 불러오기(&amp;L)</translation>
    </message>
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
        <source>High contrast</source>
        <translation>고대비</translation>
    </message>
    <message>
        <source>Open re&amp;cent</source>
        <translation>최근 항목 열기(&amp;C)</translation>
    </message>
    <message>
        <source>not reachable</source>
        <translation>연결할 수 없음</translation>
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
        <source>Open r&amp;un</source>
        <translation>실행 열기(&amp;U)</translation>
    </message>
    <message>
        <source>All runs</source>
        <translation>모든 실행</translation>
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
    <name>palette</name>
    <message>
        <source>without effect with the present settings</source>
        <translation>지금 설정에서는 효과가 없음</translation>
    </message>
    <message>
        <source>not while a run goes on</source>
        <translation>학습 중에는 바꿀 수 없음</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>명령</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>페이지</translation>
    </message>
    <message>
        <source>Setting</source>
        <translation>설정</translation>
    </message>
    <message>
        <source>Preference</source>
        <translation>환경설정</translation>
    </message>
    <message>
        <source>View</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>클래스</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>레이어</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>Lesson</source>
        <translation>배우기</translation>
    </message>
    <message>
        <source>Glossary</source>
        <translation>용어집</translation>
    </message>
</context>
<context>
    <name>prediction_items</name>
    <message>
        <source>None of these</source>
        <translation>해당 없음</translation>
    </message>
    <message>
        <source>else: {answer}</source>
        <translation>있다면: {answer}</translation>
    </message>
    <message>
        <source>is: {name}</source>
        <translation>실제: {name}</translation>
    </message>
    <message>
        <source>further from the training images than {percent} of your own photos</source>
        <translation>내 사진의 {percent}보다 학습 이미지에서 더 멉니다</translation>
    </message>
</context>
<context>
    <name>reasons</name>
    <message>
        <source>Show the field</source>
        <translation>입력란 보기</translation>
    </message>
    <message>
        <source>Go to Data</source>
        <translation>데이터 단계로 이동</translation>
    </message>
    <message>
        <source>Go to Model</source>
        <translation>모델 단계로 이동</translation>
    </message>
</context>
<context>
    <name>runs</name>
    <message>
        <source>finished</source>
        <translation>완료</translation>
    </message>
    <message>
        <source>ended early</source>
        <translation>조기 종료</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>중지됨</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>실패</translation>
    </message>
    <message>
        <source>this window</source>
        <translation>이 창</translation>
    </message>
    <message>
        <source>terminal</source>
        <translation>터미널</translation>
    </message>
    <message>
        <source>race</source>
        <translation>전략 비교</translation>
    </message>
    <message>
        <source>cross-validation</source>
        <translation>교차 검증</translation>
    </message>
    <message>
        <source>weights file</source>
        <translation>가중치 파일</translation>
    </message>
    <message>
        <source>Runs with a star are never offered for deletion</source>
        <translation>별표가 있는 실행은 삭제 대상으로 제안하지 않습니다</translation>
    </message>
    <message>
        <source>starred</source>
        <translation>별표</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>이름</translation>
    </message>
    <message>
        <source>Curve</source>
        <translation>곡선</translation>
    </message>
    <message>
        <source>Validation accuracy, epoch by epoch</source>
        <translation>에포크별 검증 정확도</translation>
    </message>
    <message>
        <source>Dataset</source>
        <translation>데이터셋</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>네트워크</translation>
    </message>
    <message>
        <source>Strategy</source>
        <translation>전략</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>정확도</translation>
    </message>
    <message>
        <source>Of the best epoch on the validation images, with its 95 % interval</source>
        <translation>가장 좋은 에포크의 검증 정확도와 95% 구간</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>시간</translation>
    </message>
    <message>
        <source>How long it trained</source>
        <translation>학습에 걸린 시간</translation>
    </message>
    <message>
        <source>When</source>
        <translation>언제</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>크기</translation>
    </message>
    <message>
        <source>State</source>
        <translation>상태</translation>
    </message>
    <message>
        <source>today {time}</source>
        <translation>오늘 {time}</translation>
    </message>
    <message>
        <source>yesterday {time}</source>
        <translation>어제 {time}</translation>
    </message>
    <message>
        <source>training</source>
        <translation>학습 중</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>중단됨</translation>
    </message>
    <message>
        <source>{state} at {done} of {planned}</source>
        <translation>{state} · {done}/{planned}</translation>
    </message>
    <message>
        <source>{right} of {total} validation images right, in epoch {epoch}</source>
        <translation>{epoch}에포크에서 검증 이미지 {total}장 중 {right}장 정답</translation>
    </message>
</context>
<context>
    <name>save_as</name>
    <message>
        <source>Saved {name}.</source>
        <translation>{name} 파일을 저장했습니다.</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>폴더에서 보기</translation>
    </message>
</context>
<context>
    <name>shortcuts</name>
    <message>
        <source>Everywhere</source>
        <translation>어디서나</translation>
    </message>
    <message>
        <source>Next control, the one before</source>
        <translation>다음 요소, 이전 요소</translation>
    </message>
    <message>
        <source>Find on this page</source>
        <translation>이 페이지에서 찾기</translation>
    </message>
    <message>
        <source>Close what is open over the page</source>
        <translation>페이지 위에 열린 것 닫기</translation>
    </message>
    <message>
        <source>Galleries of images</source>
        <translation>이미지 갤러리</translation>
    </message>
    <message>
        <source>Go from image to image</source>
        <translation>이미지 사이 이동</translation>
    </message>
    <message>
        <source>A screen on or back</source>
        <translation>한 화면 다음, 이전</translation>
    </message>
    <message>
        <source>First image, last image</source>
        <translation>첫 이미지, 마지막 이미지</translation>
    </message>
    <message>
        <source>Show it large</source>
        <translation>크게 보기</translation>
    </message>
    <message>
        <source>Choose several</source>
        <translation>여러 개 선택</translation>
    </message>
    <message>
        <source>Choose all</source>
        <translation>모두 선택</translation>
    </message>
    <message>
        <source>Choose none</source>
        <translation>선택 해제</translation>
    </message>
    <message>
        <source>Leave the chosen images out (Results)</source>
        <translation>선택한 이미지 제외 (결과)</translation>
    </message>
    <message>
        <source>Copy their paths (Results)</source>
        <translation>경로 복사 (결과)</translation>
    </message>
    <message>
        <source>Ask about the picture on the clipboard (Use)</source>
        <translation>클립보드의 그림 분류하기 (활용)</translation>
    </message>
    <message>
        <source>An image shown large</source>
        <translation>크게 본 이미지</translation>
    </message>
    <message>
        <source>The one before, the next</source>
        <translation>이전, 다음</translation>
    </message>
    <message>
        <source>Back to the others</source>
        <translation>목록으로 돌아가기</translation>
    </message>
    <message>
        <source>Findings of the health check</source>
        <translation>데이터 점검 결과</translation>
    </message>
    <message>
        <source>Leave out, and on to the next</source>
        <translation>제외하고 다음으로</translation>
    </message>
    <message>
        <source>Move to the likelier class, and on</source>
        <translation>가능성이 높은 클래스로 옮기고 다음으로</translation>
    </message>
    <message>
        <source>It is fine as it is, and on</source>
        <translation>문제없음으로 표시하고 다음으로</translation>
    </message>
    <message>
        <source>Layer tree and layer table</source>
        <translation>레이어 트리와 레이어 표</translation>
    </message>
    <message>
        <source>Go from layer to layer</source>
        <translation>레이어 사이 이동</translation>
    </message>
    <message>
        <source>Open and close a part</source>
        <translation>부분 펼치기, 접기</translation>
    </message>
    <message>
        <source>Tick or untick what trains</source>
        <translation>학습할 레이어 체크, 체크 해제</translation>
    </message>
    <message>
        <source>Train from the selected layer on</source>
        <translation>선택한 레이어부터 학습</translation>
    </message>
    <message>
        <source>Copy the chosen rows of the table</source>
        <translation>표에서 선택한 행 복사</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>그래프</translation>
    </message>
    <message>
        <source>Read off point by point</source>
        <translation>점마다 값 읽기</translation>
    </message>
    <message>
        <source>First point, last point</source>
        <translation>첫 점, 마지막 점</translation>
    </message>
    <message>
        <source>Nearer, farther</source>
        <translation>확대, 축소</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>모두 보기</translation>
    </message>
    <message>
        <source>Picture of a network</source>
        <translation>네트워크 그림</translation>
    </message>
    <message>
        <source>Go from block to block</source>
        <translation>블록 사이 이동</translation>
    </message>
    <message>
        <source>Open a block</source>
        <translation>블록 펼치기</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>배우기</translation>
    </message>
    <message>
        <source>Move what can be dragged</source>
        <translation>끌 수 있는 것 움직이기</translation>
    </message>
    <message>
        <source>Move it further</source>
        <translation>더 멀리 움직이기</translation>
    </message>
    <message>
        <source>The next lesson, the one before</source>
        <translation>다음 화면, 이전 화면</translation>
    </message>
    <message>
        <source>The next question, the one before (quiz)</source>
        <translation>다음 문제, 이전 문제(퀴즈)</translation>
    </message>
    <message>
        <source>What it sees</source>
        <translation>네트워크가 보는 것</translation>
    </message>
    <message>
        <source>Another image of the dataset</source>
        <translation>데이터셋의 다른 이미지</translation>
    </message>
    <message>
        <source>Show a feature map large</source>
        <translation>특징 맵 크게 보기</translation>
    </message>
    <message>
        <source>Go through the depth of the network</source>
        <translation>네트워크의 깊이를 따라 이동</translation>
    </message>
    <message>
        <source>Confusion matrix</source>
        <translation>혼동 행렬</translation>
    </message>
    <message>
        <source>Go from cell to cell</source>
        <translation>칸 사이 이동</translation>
    </message>
    <message>
        <source>Show the images of a cell</source>
        <translation>칸의 이미지 보기</translation>
    </message>
    <message>
        <source>Show all images again</source>
        <translation>모든 이미지 다시 보기</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>Open a run</source>
        <translation>실행 열기</translation>
    </message>
    <message>
        <source>Rename it</source>
        <translation>이름 바꾸기</translation>
    </message>
    <message>
        <source>Delete the chosen runs</source>
        <translation>선택한 실행 삭제</translation>
    </message>
    <message>
        <source>Go to a page</source>
        <translation>페이지로 이동</translation>
    </message>
</context>
<context>
    <name>targets</name>
    <message>
        <source>The settings stay as they are while a run goes on.</source>
        <translation>실행 중에는 설정을 바꾸지 않습니다.</translation>
    </message>
</context>
<context>
    <name>tour</name>
    <message>
        <source>Open images</source>
        <translation>이미지 열기</translation>
    </message>
    <message>
        <source>Click the sample dataset: small pictures in five classes, one folder a class. A folder of your own photos will do as well.</source>
        <translation>예제 데이터셋을 클릭하세요. 다섯 클래스의 작은 사진이 클래스마다 한 폴더에 들어 있습니다. 직접 찍은 사진 폴더를 열어도 됩니다.</translation>
    </message>
    <message>
        <source>The images are being read.</source>
        <translation>이미지를 읽는 중입니다.</translation>
    </message>
    <message>
        <source>{name} is open. Look around: a click on a class shows its images, a click on an image shows it large. The tour goes on with these images.</source>
        <translation>{name} 데이터셋을 열었습니다. 둘러보세요. 클래스를 클릭하면 그 이미지가 보이고, 이미지를 클릭하면 크게 보입니다. 이 이미지로 따라 하기를 이어 갑니다.</translation>
    </message>
    <message>
        <source>Which network, and what of it trains</source>
        <translation>어떤 네트워크의 어디를 학습할지</translation>
    </message>
    <message>
        <source>The network knows photos already. The strategy says how much of it learns anew: with feature extraction the last layer alone, and all others stay frozen. You can leave both as they are.</source>
        <translation>네트워크는 이미 사진을 학습했습니다. 전략은 그중 얼마나 다시 학습할지 정합니다. 특징 추출에서는 마지막 레이어만 학습하고 나머지는 모두 동결(고정)합니다. 둘 다 그대로 두어도 됩니다.</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>Press Train. The page beside says what is going to happen and how long it will take.</source>
        <translation>학습을 누르세요. 무엇을 얼마나 오래 할지는 페이지에 나와 있습니다.</translation>
    </message>
    <message>
        <source>It learns. Validation accuracy is measured after every epoch on images that are not trained on: that curve is the one that counts. You can pause and stop at any time; what was learned is kept.</source>
        <translation>학습 중입니다. 검증 정확도는 에포크마다 학습에 쓰지 않은 이미지로 잽니다. 중요한 것은 이 곡선입니다. 언제든 일시 정지하거나 중지할 수 있고, 학습한 내용은 남습니다.</translation>
    </message>
    <message>
        <source>No images are open. Go back one step, or open a folder on the Data page.</source>
        <translation>열린 이미지가 없습니다. 뒤로 가거나 데이터 페이지에서 폴더를 여세요.</translation>
    </message>
    <message>
        <source>The run failed, and a message says why; Help, Messages shows it again. Change what it names and train again, or go on without.</source>
        <translation>실행이 실패했고 메시지에 이유가 나옵니다. 도움말 → 메시지에서 다시 볼 수 있습니다. 이유를 고쳐 다시 학습하거나 그냥 다음으로 넘어가세요.</translation>
    </message>
    <message>
        <source>Look at every answer</source>
        <translation>예측 하나하나 살펴보기</translation>
    </message>
    <message>
        <source>The confusion matrix counts which class was taken for which: a click on a cell shows its images. In the gallery a click on an image shows it large, with all probabilities, and Why? shows what spoke for the answer.</source>
        <translation>혼동 행렬은 어느 클래스를 어느 클래스로 보았는지 셉니다. 칸을 클릭하면 그 이미지가 보입니다. 갤러리에서 이미지를 클릭하면 모든 확률과 함께 크게 보이고, ‘왜?’는 그 예측의 근거를 보여 줍니다.</translation>
    </message>
    <message>
        <source>Here are the answers for every validation image, once a run is over.</source>
        <translation>실행이 끝나면 모든 검증 이미지의 예측이 여기에 나옵니다.</translation>
    </message>
    <message>
        <source>Use it, and keep it</source>
        <translation>사용하고 저장하기</translation>
    </message>
    <message>
        <source>Drop any image here to see what the network says of it. Save weights writes a file that plain PyTorch loads. The run itself is kept: tomorrow it is on the Runs page. Help, Learn shows what goes on inside.</source>
        <translation>아무 이미지나 여기에 끌어다 놓으면 네트워크의 예측이 보입니다. ‘가중치 저장’은 PyTorch에서 바로 읽는 파일을 만듭니다. 실행 자체도 남아서 내일도 실행 페이지에 있습니다. 네트워크 안에서 일어나는 일은 도움말의 배우기에서 볼 수 있습니다.</translation>
    </message>
    <message>
        <source>That was all. Next: a folder of your own, with a folder for each class. Help, Learn shows what goes on inside, with things to drag. F1 explains what is under the mouse, or opens the guide; Ctrl+K finds all.</source>
        <translation>이것으로 끝입니다. 이제 클래스마다 폴더를 둔 직접 만든 폴더를 열어 보세요. 도움말의 배우기에서는 직접 끌어 보며 네트워크 안에서 일어나는 일을 볼 수 있습니다. F1은 마우스가 가리키는 것을 설명하거나 사용 설명서를 열고, Ctrl+K는 무엇이든 찾습니다.</translation>
    </message>
    <message>
        <source>Here you ask a trained network about other images, and save it. There is none yet: train, or load weights.</source>
        <translation>여기에서 학습한 네트워크로 다른 이미지를 예측하고 저장합니다. 아직 모델이 없으니 학습하거나 가중치를 불러오세요.</translation>
    </message>
    <message>
        <source>Click the ringed page at the left.</source>
        <translation>왼쪽에서 테두리로 표시된 페이지를 클릭하세요.</translation>
    </message>
</context>
<context>
    <name>weights</name>
    <message>
        <source>Remove the weights {weights} of {model}?</source>
        <translation>{model}의 가중치 {weights}을(를) 삭제할까요?</translation>
    </message>
    <message>
        <source>{size} become free. Other programs that use this file lose it, too.</source>
        <translation>{size}가 비워집니다. 이 파일을 쓰는 다른 프로그램도 더는 쓸 수 없습니다.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>삭제</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>유지</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source>{size}/s</source>
        <translation>{size}/초</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>{time} 남음</translation>
    </message>
    <message>
        <source>Waits for the one before</source>
        <translation>앞의 다운로드를 기다리는 중</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>연결하는 중…</translation>
    </message>
    <message>
        <source>Stopped at {size}</source>
        <translation>{size}에서 멈춤</translation>
    </message>
</context>
</TS>
